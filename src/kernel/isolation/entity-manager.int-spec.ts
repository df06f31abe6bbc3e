import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { TicketList } from '#plugins/tickets/ticket-list.js';
import { AttackStage } from '#testing/attacks/attack-stage.js';
import { TIERS } from '#testing/test-platform.js';

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
const row = ({ id }: Tenant) => ({
  tenantId: id,
  title: 'x',
  description: '',
  status: 'open' as const,
  priority: 'normal' as const,
  labels: [],
  version: 1,
});
const whole = (tenant: Tenant, id: string) => ({ ...row(tenant), id, createdAt: new Date(), updatedAt: new Date() });

/** Every way there is to reach rows through an entity manager. */
const WAYS: Record<string, (em: EntityManager, to: { tenant: Tenant; id: string }) => Promise<unknown>> = {
  find: (em) => em.find(Ticket, {}),
  'find without filters': (em) => em.find(Ticket, {}, { filters: false }),
  'find of a tenant by name, without filters': (em, { tenant }) => em.find(Ticket, { tenantId: tenant.id }, { filters: false }),
  findAll: (em) => em.findAll(Ticket),
  findOne: (em, { id }) => em.findOne(Ticket, { id }),
  'findOne without filters': (em, { id }) => em.findOne(Ticket, id, { filters: false }),
  findAndCount: (em) => em.findAndCount(Ticket, {}),
  findByCursor: (em) => em.findByCursor(Ticket, { first: 10, orderBy: { id: 'asc' } }),
  count: (em) => em.count(Ticket, {}, { filters: false }),
  'query builder': (em) => em.createQueryBuilder(Ticket).select('*').getResult(),
  'raw SQL': (em) => em.execute('select * from tickets'),
  'raw SQL on the connection': (em) => em.getConnection().execute('select * from tickets'),
  nativeInsert: (em, { tenant, id }) => em.insert(Ticket, whole(tenant, id)),
  nativeUpdate: (em, { id }) => em.nativeUpdate(Ticket, { id }, { title: 'x' }, { filters: false }),
  nativeDelete: (em, { id }) => em.nativeDelete(Ticket, { id }, { filters: false }),
  upsert: (em, { tenant, id }) => em.upsert(Ticket, whole(tenant, id)),
  upsertMany: (em, { tenant, id }) => em.upsertMany(Ticket, [whole(tenant, id)]),
  transactional: (em) => em.transactional((inner) => inner.find(Ticket, {}, { filters: false })),
  'begin, then find': async (em) => {
    await em.begin();
    return em.find(Ticket, {}, { filters: false }).finally(() => em.rollback());
  },
  'create and flush': async (em, { tenant }) => {
    em.create(Ticket, row(tenant));
    await em.flush();
  },
  refresh: (em, { id }) => em.refresh(em.getReference(Ticket, id)),
  'lazy load': (em, { id }) => em.findOneOrFail(Ticket, { id }, { strategy: 'joined' }),
};

describe.each(TIERS)('an entity manager in the %s tier', (tier) => {
  let stage: AttackStage;
  let truth: unknown;
  const as = <T>(tenant: Tenant, work: (em: EntityManager) => Promise<T>): Promise<T> =>
    stage.test.as(tenant, () => work(stage.test.platform.contexts.open().em as unknown as EntityManager));

  beforeAll(async () => {
    stage = await AttackStage.open(tier, { CONNECTIONS_PER_CLUSTER_POOL: '2', CONNECTIONS_PER_DATABASE_POOL: '2' });
    truth = await stage.truth();
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    expect(await stage.truth()).toEqual(truth);
  });

  describe.each(Object.entries(WAYS))('%s (B1)', (_name, way) => {
    it('is refused outside a scope, before any SQL', async () => {
      const { victim, victimTicket } = stage.targets;
      const em = (stage.test.platform.tenantOrm.em as unknown as EntityManager).fork();
      const before = stage.test.platform.registry.stats();
      const refused = await Promise.resolve()
        .then(() => way(em, { tenant: victim, id: victimTicket }))
        .catch(codeOf);
      expect(refused).toBe('tenancy.no-tenant');
      expect(stage.test.platform.registry.stats()).toEqual(before);
    });

    it('reaches nothing of another tenant inside a scope', async () => {
      const { me, victim, victimTicket } = stage.targets;
      const outcome = await as(me, (em) => way(em, { tenant: victim, id: victimTicket })).catch((error: unknown) => String(error));
      for (const secret of stage.secrets) expect(JSON.stringify(outcome ?? null)).not.toContain(secret);
    });

    it('is refused in the scope of another tenant (B2)', async () => {
      const { me, victim, ownTicket } = stage.targets;
      const bound = await as(me, async (em) => {
        await em.find(Ticket, {});
        return em;
      });
      const outcome = await stage.test
        .as(victim, () => way(bound, { tenant: me, id: ownTicket }))
        .catch((error: unknown) => String(codeOf(error)));
      // Without filters and in raw SQL only the database is asked, and it answers for the tenant in scope.
      if (typeof outcome === 'string') expect(outcome).toMatch(/^(tenancy\.|42501$|42P10$|undefined$)/);
      expect(await as(me, (em) => em.find(Ticket, { title: { $like: 'own%' } }))).toHaveLength(3);
    });
  });

  it('refuses what it has in its identity map to the scope of another tenant (B2)', async () => {
    const { me, victim, ownTicket } = stage.targets;
    const bound = await as(me, async (em) => {
      await em.findOneOrFail(Ticket, { id: ownTicket });
      return em;
    });
    const asked = stage.test.as(victim, () => bound.findOne(Ticket, { id: ownTicket }));
    expect(await asked.catch(codeOf)).toBe('tenancy.wrong-tenant');
  });

  it('refuses an entity of another tenant, however it came there, and writes nothing (B3)', async () => {
    const { me, victim } = stage.targets;
    const foreign = await as(victim, (em) => em.findOneOrFail(Ticket, { id: stage.targets.victimTicket }));
    const ways: ((em: EntityManager) => unknown)[] = [
      (em) => {
        const merged = em.merge(foreign);
        merged.title = 'taken';
        em.persist(merged);
      },
      (em) => em.remove(em.merge(Ticket, { id: foreign.id, tenantId: victim.id } as Partial<Ticket> as never)),
      (em) => em.create(Ticket, row(victim)),
      async (em) => em.assign(await em.findOneOrFail(Ticket, { id: stage.targets.ownTicket }), { tenantId: victim.id }),
    ];
    for (const way of ways) {
      const refused = await as(me, async (em) => {
        await way(em);
        await em.flush();
      }).catch(codeOf);
      expect(refused).toBe('tenancy.cross-tenant-write');
    }
  });

  it('shows each of a thousand interleaved requests its own tenant, whatever it waits for (B5, B10)', async () => {
    const { me, victim } = stage.targets;
    const service = new TicketList(stage.test.platform.contexts, new PageCursors(stage.test.platform.signing), stage.test.platform.access);
    const waits: ((n: number) => Promise<unknown>)[] = [
      (n) => pause(n % 7),
      () => pause(0),
      () => Promise.resolve(),
      async () => {
        await Readable.from([1, 2, 3]).forEach(() => pause(0));
      },
      () => {
        const emitter = new EventEmitter();
        setImmediate(() => emitter.emit('done'));
        return once(emitter, 'done');
      },
    ];
    const request = (n: number): Promise<void> => {
      const tenant = n % 2 === 0 ? me : victim;
      return stage.test.as(tenant, async () => {
        await waits[n % waits.length]!(n);
        expect(TenantScope.current()?.id).toBe(tenant.id);
        if (n % 10 > 1) return;
        const { data } = await service.page({ limit: 10 });
        expect(data.every(({ title }) => title.startsWith('own') === (tenant === me))).toBe(true);
        expect(data).toHaveLength(3);
      });
    };
    for (let batch = 0; batch < 10; batch += 1) await Promise.all(Array.from({ length: 100 }, (_, n) => request(batch * 100 + n)));
  });

  it('keeps its own tenant for work that goes on after the request (B6)', async () => {
    const { me, victim } = stage.targets;
    let later: Promise<unknown> = Promise.resolve();
    await stage.test.as(me, async () => {
      later = pause(30).then(() => stage.test.platform.contexts.open().tenant.id);
    });
    await stage.test.as(victim, () => pause(40));
    expect(await later).toBe(me.id);
    expect(TenantScope.current()).toBeUndefined();
  });

  it('stays with the outer tenant when the scope of another is refused inside (B7)', async () => {
    const { me, victim } = stage.targets;
    await as(me, async (em) => {
      await em.transactional(async (outer) => {
        expect(
          await Promise.resolve()
            .then(() => TenantScope.run(victim, () => outer.find(Ticket, {})))
            .catch(codeOf),
        ).toBe('tenancy.wrong-tenant');
        await outer
          .transactional(async (inner) => {
            await inner.execute(`select set_config('tenant.capability', 'x', true)`);
            throw new Error('back to the savepoint');
          })
          .catch(() => undefined);
        expect(await outer.find(Ticket, {})).toHaveLength(3);
      });
    });
  });
});
