import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WarmPlaces } from '#catalog/onboarding/warm-places.js';
import { ONBOARDING_STEPS, WARM_POOL } from '#control/onboarding/onboarding-plan.js';
import type { OnboardingBegun } from '#control/onboarding/onboarding.schemas.js';
import { fillWarmPool, type WarmGoals } from '#control/onboarding/warm-pool.js';
import type { WorkTry } from '#control/work/work-kind.js';
import type { WorkReport } from '#catalog/work/work-report.js';
import { askProduct, startProduct } from '#testing/product-process.js';
import { PLAN_OF_TIER, type Tier } from '#testing/test-platform.js';
import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { printTable, short } from '#tools/bench/print-table.js';
import { bootstrapRatio, median, quantile, repeatableRandom } from '#tools/bench/statistics.js';

/** One way to become a tenant. */
interface Way {
  readonly tier: Tier;
  /** Whether a place of the kind is ready before anybody asks. */
  readonly isWarm: boolean;
}

/** What one took, in milliseconds: until its first request was served, and each step. */
interface Taken {
  readonly served: number;
  readonly steps: Readonly<Record<string, number>>;
}

const WAYS: readonly Way[] = [
  { tier: 'row', isWarm: false },
  ...(['schema', 'database'] as const).flatMap((tier) => [false, true].map((isWarm) => ({ tier, isWarm }))),
];
/** Often enough for what is counted in hundreds, and seldom enough not to be what is measured. */
const ASK_AGAIN_MS = 25;
/** Nothing is made ready beside what is measured, and nobody is told to slow down. */
const SETTINGS = { WARM_SCHEMAS: '0', WARM_DATABASES: '0', SIGNUPS_PER_MINUTE: '10000' };

/** From the sign-up to the first request that is served, over HTTP: an api, a worker, the queue between them, the payment provider and the vault. */
export const onboardingCase: BenchCase = {
  name: 'onboarding',
  run: async (world) => {
    const worker = await startProduct('worker', SETTINGS);
    const api = await startProduct('api', SETTINGS);
    const taken = WAYS.map((): Taken[] => []);
    try {
      // The first round fills caches and is not counted.
      for (let round = -1; round < world.options.cycles; round += 1)
        for (const [index, way] of WAYS.entries()) {
          await prepare(world, way);
          const one = await signUp(world, api.port, way);
          if (round >= 0) taken[index]?.push(one);
        }
      report(world, taken);
    } finally {
      await Promise.all([worker.end(), api.end()]);
    }
  },
};

/** The pool as the way wants it, and nobody at work on it any more. */
async function prepare({ test: { platform, provisioning } }: BenchWorld, { tier, isWarm }: Way): Promise<void> {
  const refills = (): Promise<{ id: string }[]> =>
    platform.catalog.em
      .fork()
      .execute<{ id: string }[]>(`select id from work where kind = ? and state in ('queued', 'running')`, [WARM_POOL.name]);
  for (let left = await refills(); left.length > 0; left = await refills()) {
    for (const { id } of left) await platform.works.rung(id);
    await pause(ASK_AGAIN_MS);
  }
  if (!isWarm) return;
  const goals: WarmGoals = { schema: 0, database: 0, [tier]: 1 };
  const { clusterBook: clusters, placer, places: maker } = provisioning;
  const { steps } = fillWarmPool({ pool: new WarmPlaces(platform.catalog), clusters, placer, maker, goals });
  await steps[0]?.run({}, { signal: new AbortController().signal } as WorkTry);
}

async function signUp({ test: { platform, provisioning } }: BenchWorld, port: number, { tier }: Way): Promise<Taken> {
  const name = `bench-${randomBytes(6).toString('hex')}`;
  const wanted = { companyName: name, adminName: 'Ada', adminEmail: `ada@${name}.test`, plan: PLAN_OF_TIER[tier], region: 'eu-west' };
  const sales = { host: 'admin.localhost', authorization: `Bearer ${platform.config.OPERATOR_TOKEN}` };
  const begun = performance.now();
  // What is in no plan for everybody is ordered by sales.
  const answer =
    tier === 'database'
      ? await askProduct(
          port,
          'POST',
          '/api/platform/tenants',
          { ...sales, 'idempotency-key': randomUUID() },
          { ...wanted, reason: 'a bench' },
        )
      : await askProduct(port, 'POST', '/api/signup', { host: 'localhost', 'idempotency-key': randomUUID() }, wanted);
  if (answer.status !== 202) throw new Error(`a sign-up was answered with ${String(answer.status)}: ${JSON.stringify(answer.body)}`);
  const { onboardingId, slug } = answer.body as OnboardingBegun;
  const { key } = await provisioning.apiKeys.issue((await provisioning.tenants.get(slug)).id, 'bench');
  while ((await askProduct(port, 'GET', '/api/tickets', { host: `${slug}.localhost`, 'x-api-key': key })).status !== 200)
    await pause(ASK_AGAIN_MS);
  const served = performance.now() - begun;
  let kept = await platform.works.report(onboardingId);
  for (; kept.state !== 'done'; kept = await platform.works.report(onboardingId)) await pause(ASK_AGAIN_MS);
  return { served, steps: stepsOf(kept) };
}

function stepsOf({ steps }: WorkReport): Record<string, number> {
  return Object.fromEntries(
    steps.map(({ name, startedAt, finishedAt }) => [name, Number(finishedAt?.getTime()) - Number(startedAt?.getTime())]),
  );
}

function report({ book }: BenchWorld, taken: readonly (readonly Taken[])[]): void {
  const named = WAYS.map(({ tier, isWarm }, index) => ({
    name: tier === 'row' ? tier : `${tier}, ${isWarm ? 'warm' : 'cold'}`,
    cold: isWarm ? (taken[index - 1] ?? []) : null,
    own: taken[index] ?? [],
  }));
  const rows = named.map(({ name, cold, own }) => {
    const values = own.map(({ served }) => served);
    const baselines = cold?.map(({ served }) => served) ?? null;
    const [p50, p95] = [median(values), quantile(values, 0.95)];
    const baseline = baselines && median(baselines);
    const spread = baselines && bootstrapRatio(values, baselines, repeatableRandom(1));
    const same = { unit: 'ms', runs: values.length };
    book.add({ ...same, name: `onboarding/${name} p50`, value: p50, baseline, ratio: baseline && p50 / baseline, spread });
    book.add({ ...same, name: `onboarding/${name} p95`, value: p95, baseline: null, ratio: null, spread: null });
    const prepared = median(own.map(({ steps }) => steps['prepare'] ?? NaN));
    book.add({ ...same, name: `onboarding/${name} place`, value: prepared, baseline: null, ratio: null, spread: null });
    return [name, short(p50), short(p95), short(Math.max(...values)), baseline ? (p50 / baseline).toFixed(2) : ''];
  });
  printTable('sign-up to the first request that is served (ms)', ['', 'p50', 'p95', 'most', 'warm to cold'], rows);
  const steps = ONBOARDING_STEPS.filter((step) => step !== 'reserve');
  printTable(
    'each step of it (medians, ms, from its beginning on record to its end)',
    ['', ...steps],
    named.map(({ name, own }) => [name, ...steps.map((step) => short(median(own.map((one) => one.steps[step] ?? NaN))))]),
  );
}
