import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { AccessTables } from '#workspace/access/access-tables.js';
import { concerning, type HeldOverride } from '#workspace/access/concerning.js';
import { RoleGraph, type RoleSum } from '#workspace/access/role-graph.js';
import type { SessionStanding, StandingOverride } from '#workspace/access/standing.js';

/** Whose standing: a member, a machine, or a machine together with the member who made it. */
export interface Holder {
  readonly memberId: string;
  readonly machineId: string | null;
}

/** What is known of a holder, whatever the sign-in. */
export interface HolderStanding {
  readonly isActive: boolean;
  readonly sum: RoleSum;
  readonly overrides: readonly StandingOverride[];
  /** Those that nobody ended, by id. */
  readonly sessions: ReadonlyMap<string, SessionStanding>;
}

interface Found {
  readonly members: readonly { status: string; roles: string[] }[] | null;
  readonly sessions: readonly { id: string; authenticated_at: string; idle_expires_at: string; expires_at: string }[] | null;
  readonly roles: readonly { key: string; parents: string[]; permissions: string[] }[] | null;
  readonly overrides:
    | readonly {
        holder_kind: 'role' | 'member' | 'machine';
        holder: string;
        permission: string;
        effect: 'allow' | 'deny';
        resource_kind: string | null;
        resource_id: string | null;
        expires_at: string | null;
      }[]
    | null;
}

/** Reads everything a decision about somebody depends on in one statement, for the tenant in scope. */
export class StandingReader {
  constructor(private readonly contexts: TenantContextFactory) {}

  async read({ memberId, machineId }: Holder): Promise<HolderStanding> {
    const { members, sessions, roles, overrides } = await this.#find(memberId, machineId);
    const [member] = members ?? [];
    const isActive = member?.status === 'active';
    const sum = new RoleGraph(roles ?? []).sum(isActive ? member.roles : []);
    return {
      isActive,
      sum,
      overrides: concerning((overrides ?? []).map(overrideOf), { ...sum, isOwner: isActive && member.roles.includes('owner') }),
      sessions: new Map((sessions ?? []).map((session) => [session.id, sessionOf(session)])),
    };
  }

  async #find(memberId: string, machineId: string | null): Promise<Found> {
    return this.contexts
      .reads<AccessTables>()
      .selectNoFrom((eb) => [
        eb
          .selectFrom(eb.selectFrom('member').select(['status', 'roles']).where('id', '=', memberId).as('m'))
          .select(({ fn }) => fn.jsonAgg('m').as('all'))
          .as('members'),
        eb
          .selectFrom(
            eb
              .selectFrom('member_session')
              .select(['id', 'authenticated_at', 'idle_expires_at', 'expires_at'])
              .where('member_id', '=', memberId)
              .where('revoked_at', 'is', null)
              .where('expires_at', '>', new Date())
              .as('s'),
          )
          .select(({ fn }) => fn.jsonAgg('s').as('all'))
          .as('sessions'),
        eb
          .selectFrom(eb.selectFrom('role').select(['key', 'parents', 'permissions']).as('r'))
          .select(({ fn }) => fn.jsonAgg('r').as('all'))
          .as('roles'),
        eb
          .selectFrom(
            eb
              .selectFrom('access_override')
              .select(['holder_kind', 'holder', 'permission', 'effect', 'resource_kind', 'resource_id', 'expires_at'])
              .where((at) =>
                at.or([
                  at('holder_kind', '=', 'role'),
                  at.and([at('holder_kind', '=', 'member'), at('holder', '=', memberId)]),
                  at.and([at('holder_kind', '=', 'machine'), at('holder', '=', machineId ?? '')]),
                ]),
              )
              .where((at) => at.or([at('expires_at', 'is', null), at('expires_at', '>', new Date())]))
              .as('o'),
          )
          .select(({ fn }) => fn.jsonAgg('o').as('all'))
          .as('overrides'),
      ])
      .executeTakeFirstOrThrow() as Promise<unknown> as Promise<Found>;
  }
}

function sessionOf({ authenticated_at, idle_expires_at, expires_at }: NonNullable<Found['sessions']>[number]): SessionStanding {
  return { authenticatedAt: Date.parse(authenticated_at), endsAt: Math.min(Date.parse(idle_expires_at), Date.parse(expires_at)) };
}

function overrideOf(row: NonNullable<Found['overrides']>[number]): HeldOverride {
  return {
    holderId: row.holder,
    holder: row.holder_kind,
    permission: row.permission,
    effect: row.effect,
    kind: row.resource_kind,
    id: row.resource_id,
    expiresAt: row.expires_at === null ? null : Date.parse(row.expires_at),
  };
}
