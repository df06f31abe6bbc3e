import { AppError } from '#kernel/errors/app-error.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { FleetIterator } from './fleet-iterator.js';

class AwayError extends AppError {
  readonly code = 'specs.away';
}

const tenantNamed = (slug: string): Tenant => ({ id: slug, slug }) as Tenant;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const TENANTS = NAMES.map(tenantNamed);

describe('a visit to many tenants', () => {
  const patient = { atOnce: 3, eachMs: 10_000, allMs: 10_000 };
  const namesOf = (found: readonly { readonly tenant: Tenant }[]): string[] => found.map(({ tenant }) => tenant.slug);

  it('asks each in its own scope, whoever asks, and never more than so many at once', async () => {
    let running = 0;
    let most = 0;
    const visit = await TenantScope.run(tenantNamed('somebody'), () =>
      new FleetIterator(patient).visit(TENANTS, async (tenant) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return `${tenant.slug}:${TenantScope.require('look').slug}`;
      }),
    );
    expect(visit.reached.map(({ result }) => result)).toEqual(NAMES.map((name) => `${name}:${name}`));
    expect([most, visit.unreachable]).toEqual([3, []]);
  });

  it('names who is away and why, and goes on with the others', async () => {
    const visit = await new FleetIterator(patient).visit(TENANTS, async ({ slug }) => {
      if (slug === 'b') throw new AwayError('a message with secrets');
      if (slug === 'e') throw new TypeError('another');
      return slug;
    });
    expect(namesOf(visit.reached)).toEqual(['a', 'c', 'd', 'f', 'g']);
    expect(visit.unreachable.map(({ tenant, reason }) => [tenant.slug, reason])).toEqual([
      ['b', 'specs.away'],
      ['e', 'failed'],
    ]);
  });

  it('waits for nobody longer than for one, tells whom it gave up, and lets no late answer in', async () => {
    let givenUp: AbortSignal | undefined;
    let answer: (late: string) => void = () => undefined;
    const visit = await new FleetIterator({ ...patient, eachMs: 30 }).visit(TENANTS, async ({ slug }, signal) => {
      if (slug !== 'c') return slug;
      givenUp = signal;
      return new Promise<string>((resolve) => (answer = resolve));
    });
    answer('late');
    expect([namesOf(visit.unreachable), visit.unreachable[0]?.reason, givenUp?.aborted]).toEqual([['c'], 'timeout', true]);
    expect(namesOf(visit.reached)).toEqual(['a', 'b', 'd', 'e', 'f', 'g']);
  });

  it('asks no more at once though nobody waits for the slow ones any more', async () => {
    let [running, most] = [0, 0];
    const visit = await new FleetIterator({ atOnce: 2, eachMs: 5, allMs: 10_000 }).visit(TENANTS, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running -= 1;
    });
    expect([most, visit.unreachable.map(({ reason }) => reason)]).toEqual([2, NAMES.map(() => 'timeout')]);
  });

  it('asks nobody any more when its whole time is over, and says so', async () => {
    const asked: string[] = [];
    const visit = await new FleetIterator({ atOnce: 2, eachMs: 40, allMs: 20 }).visit(TENANTS, ({ slug }) => {
      asked.push(slug);
      return new Promise<string>(() => undefined);
    });
    expect([asked, visit.reached]).toEqual([['a', 'b'], []]);
    expect(visit.unreachable.map(({ reason }) => reason)).toEqual([
      ...Array<string>(2).fill('timeout'),
      ...Array<string>(5).fill('not-asked'),
    ]);
  });

  it('is over at once when there is nobody to ask', async () => {
    expect(await new FleetIterator(patient).visit([], async () => 1)).toEqual({ reached: [], unreachable: [] });
  });
});
