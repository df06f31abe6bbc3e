import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { identifier } from '#adapters/postgres/session.js';
import { homeOf, targetOf } from '#catalog/fleet/home-ledger.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/cli.js');
/** Each command is a process of its own, and a machine may be busy. */
const PATIENCE_MS = 300_000;

interface Ran {
  readonly code: number;
  readonly document: { targets: { target: string }[]; steps: { name: string }[]; drifted: { target: string; version: string }[] };
}

describe('tenantry fleet migrate --dry-run', () => {
  let stage: FleetStage;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await FleetStage.open(null);
    [acme, globex] = [await stage.tests.tenant('schema'), await stage.tests.tenant('schema')];
  }, PATIENCE_MS);
  afterAll(() => stage.close());

  const dryRun = (): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [PROGRAM, 'fleet', 'migrate', '--dry-run', '--json'],
        { env: { ...process.env, ...stage.settings } },
        (error, stdout) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, document: JSON.parse(stdout) as Ran['document'] }),
      );
    });
  const inHome = ({ placement }: Tenant, statement: (home: string) => string): Promise<unknown> =>
    stage.on((session) => session.query(statement(identifier(placement.schema))));
  const nameOf = ({ placement }: Tenant): string => targetOf(homeOf(placement));

  it(
    'says which homes are not what they have had so far, and what they stand on, before anything is touched',
    async () => {
      for (const tenant of [acme, globex]) {
        await inHome(tenant, (home) => `drop table ${home}.usage_counter`);
        await stage.on((session) =>
          session.query('delete from tenancy.migration where home = $1 and name = $2', [tenant.placement.schema, '0010-usage']),
        );
        await stage.tests.provisioning.ledger.correct([{ ...homeOf(tenant.placement), version: '0009-auditors', needs: '' }]);
      }
      const targets = [acme, globex].map(nameOf).sort();
      const clean = await dryRun();
      expect(clean).toMatchObject({ code: 0, document: { steps: [{ name: '0010-usage' }], drifted: [], unreachable: [] } });
      expect(clean.document.targets.map(({ target }) => target).sort()).toEqual(targets);

      await inHome(acme, (home) => `alter table ${home}.tickets disable row level security`);
      await stage.on((session) => session.query('grant select on tenancy.fence to tenantry_tenant'));
      const { code, document } = await dryRun();
      expect(code).toBe(1);
      expect(document.targets.map(({ target }) => target).sort()).toEqual(targets);
      const { cluster, database } = acme.placement;
      expect(document.drifted.map(({ target, version }) => [target, version])).toEqual([
        [targetOf({ cluster, database, home: 'tenancy' }), 'tenancy.sql'],
        [nameOf(acme), '0009-auditors'],
      ]);
    },
    PATIENCE_MS,
  );

  it(
    'has nothing to say of a home that has had more than the ledger knows',
    async () => {
      await stage.on((session) => session.query('revoke select on tenancy.fence from tenantry_tenant'));
      await inHome(acme, (home) => `alter table ${home}.tickets enable row level security`);
      await stage.tests.provisioning.ledger.correct([{ ...stage.shared, version: '0009-auditors', needs: '' }]);
      expect(await dryRun()).toMatchObject({ code: 0, document: { drifted: [], unreachable: [] } });
    },
    PATIENCE_MS,
  );
});
