import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { MemberPrincipal, Principal } from '#kernel/resolution/principal.js';
import { Freshness, type Held } from '#kernel/tenancy/freshness.js';
import type { InvalidationChannel } from '#kernel/tenancy/invalidation-channel.js';
import { TenantBoundCache } from '#kernel/tenancy/tenant-bound-cache.js';
import { TenantLoads } from '#kernel/tenancy/tenant-loads.js';
import { SYSTEM_ROLES } from '#kernel/plugin/permission.js';
import { AccessChanges } from '#workspace/access/access-changes.js';
import type { SessionStanding, Standing } from '#workspace/access/standing.js';
import type { Holder, HolderStanding, StandingReader } from '#workspace/access/standing-reader.js';

const LIMITS = { ttlMs: 30_000, unheardTtlMs: 2_000, absentTtlMs: 0, staleMs: 0 };
const HOLDERS = 20_000;

/** With what an operator's key comes: everything that needs no person. */
const OPERATOR: Standing = Object.freeze({
  kind: 'machine',
  isActive: true,
  session: null,
  rank: SYSTEM_ROLES.length - 1,
  granted: new Set<string>(),
  overrides: [],
  keyPermissions: null,
});

interface Known extends HolderStanding {
  /** Sessions that were asked for again because they were not among the living, and are not. */
  readonly dead: Set<string>;
}

export interface StandingsOptions {
  /** Without one every process is believed to be the only one. */
  readonly channel?: InvalidationChannel;
  readonly now?: () => number;
}

/**
 * What this process remembers of members and machines, 30 s at most and 2 s while it does not hear of changes. Nothing read before a change
 * is remembered after it, and nothing that a transaction sees is remembered at all.
 */
export class Standings extends AccessChanges {
  readonly #known = new TenantBoundCache<Held<Known>>(HOLDERS);
  readonly #loads = new TenantLoads();
  readonly #freshness: Freshness;
  readonly #now: () => number;

  constructor(
    private readonly reader: StandingReader,
    private readonly options: StandingsOptions = {},
  ) {
    super();
    this.#now = options.now ?? Date.now;
    this.#freshness = new Freshness(LIMITS, () => options.channel?.isUp ?? true, this.#now);
    options.channel?.listen({ changed: (id) => this.#forget(id), missed: () => this.#forgetAll() });
  }

  /** Where a principal of the tenant in scope stands. */
  async of(principal: Principal): Promise<Standing> {
    if (principal.kind === 'member') return this.#ofMember(principal);
    const { id, tenantId, createdBy, permissions } = principal;
    if (createdBy === null) return permissions === null ? OPERATOR : { ...OPERATOR, keyPermissions: permissions };
    const known = await this.#ask(tenantId, { memberId: createdBy, machineId: id });
    return { ...standingOf('machine', known, null), keyPermissions: permissions ?? [] };
  }

  async changed(tenantId: string): Promise<void> {
    this.#forget(tenantId);
    await this.options.channel?.publish(tenantId);
  }

  async #ofMember({ id, tenantId, sessionId }: MemberPrincipal): Promise<Standing> {
    const holder = { memberId: id, machineId: null };
    const known = await this.#ask(tenantId, holder);
    // A token that belongs to no session could not be taken back, so it stands for nobody.
    if (sessionId === null) return standingOf('member', known, null);
    const session = this.#living(known, sessionId);
    if (session || known.dead.has(sessionId)) return standingOf('member', known, session);
    // It may have begun, or been prolonged, after what is known was read.
    const newer = await this.#read(tenantId, holder);
    const found = this.#living(newer, sessionId);
    if (!found) newer.dead.add(sessionId);
    return standingOf('member', newer, found);
  }

  #living({ sessions }: Known, id: string): SessionStanding | null {
    const session = sessions.get(id);
    return session && this.#now() < session.endsAt ? session : null;
  }

  async #ask(tenantId: string, holder: Holder): Promise<Known> {
    const held = this.#known.get(keyOf(tenantId, holder));
    if (held && this.#freshness.isFresh(held)) return held.value;
    // What only a transaction sees is its own, and waiting for others while holding a connection is how connections run out.
    if (TenantTransaction.current()) return { ...(await this.reader.read(holder)), dead: new Set() };
    return this.#loads.join(keyOf(tenantId, holder), () => this.#read(tenantId, holder));
  }

  async #read(tenantId: string, holder: Holder): Promise<Known> {
    const key = keyOf(tenantId, holder);
    return this.#loads.begin(`${key}!`, async (load) => {
      const known = { ...(await this.reader.read(holder)), dead: new Set<string>() };
      const now = this.#now();
      const held = { tenantId, value: known, keptAt: now, freshUntil: now + LIMITS.ttlMs, graceUntil: 0 };
      if (!TenantTransaction.current() && load.mayKeep(tenantId)) this.#known.set(key, held);
      return known;
    });
  }

  #forget(tenantId: string): void {
    this.#loads.overtake(tenantId);
    this.#known.forget(tenantId);
  }

  #forgetAll(): void {
    this.#loads.overtake(null);
    this.#known.clear();
  }
}

function standingOf(kind: Standing['kind'], { isActive, sum, overrides }: Known, session: SessionStanding | null): Standing {
  return { kind, isActive, session, rank: sum.rank, granted: sum.granted, overrides, keyPermissions: null };
}

/** Never one tenant's for another: the tenant comes first, and no id holds a slash. */
function keyOf(tenantId: string, { memberId, machineId }: Holder): string {
  return `${tenantId}/${memberId}/${machineId ?? ''}`;
}
