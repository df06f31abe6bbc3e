import { randomInt } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ModelRun } from '#testing/model/model-run.js';
import { OPERATIONS } from '#testing/model/play.js';
import { TestPlatform } from '#testing/test-platform.js';

const operations = Number(process.env['MODEL_OPERATIONS'] ?? 100_000);
const shrinkForMs = Number(process.env['MODEL_SHRINK_MS'] ?? 20_000);
const seed = Number(process.env['MODEL_SEED'] ?? randomInt(2 ** 31));

/** Nine tenants that share few connections, so that each uses those that others have just left. */
const PLACES = [
  ...(['eu-west', 'eu-west', 'eu-west', 'us-east'] as const).map((region) => ['row', region] as const),
  ...(['eu-west', 'eu-west', 'us-east'] as const).map((region) => ['schema', region] as const),
  ...(['eu-west', 'us-east'] as const).map((region) => ['database', region] as const),
];
const SETTINGS = {
  CONNECTIONS_PER_CLUSTER_POOL: '2',
  CONNECTIONS_PER_DATABASE_POOL: '2',
  STATEMENT_DEADLINE_MS: '30000',
  CONNECT_TIMEOUT_MS: '30000',
};

describe(`${operations} operations of nine tenants against a model of them (MODEL_SEED=${seed} plays them again)`, () => {
  const opened = TestPlatform.open(SETTINGS);
  afterAll(async () => (await opened).close());

  it(
    'answer what the model answers, and leave the tables as the model is',
    async () => {
      const run = await ModelRun.open(await opened, PLACES, { seed, shrinkForMs });
      const began = performance.now();
      const { played, failure } = await run.play(operations);
      await run.close();
      const total = [...played.values()].reduce((sum, many) => sum + many, 0);
      process.stderr.write(`model: ${total} operations in ${((performance.now() - began) / 1_000).toFixed(1)} s, MODEL_SEED=${seed}\n`);
      expect(failure).toBeNull();
      expect(total).toBeGreaterThanOrEqual(operations);
      const missing = OPERATIONS.map(({ name }) => name).filter((name) => !played.has(name));
      expect(operations >= 50_000 ? missing : []).toEqual([]);
    },
    60_000 + operations * 6,
  );
});
