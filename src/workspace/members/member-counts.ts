import type { TenantCount } from '#kernel/plugin/tenant-count.js';
import type { MemberTables } from './member-tables.js';

const MONTH_MS = 30 * 86_400_000;

/** People who may sign in, or were asked to; and those who were here in the last 30 days. */
export const MEMBER_COUNTS: readonly TenantCount[] = [
  {
    figure: 'users',
    async of(contexts) {
      const { count } = await contexts
        .reads<MemberTables>()
        .selectFrom('member')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('status', '!=', 'disabled')
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  },
  {
    figure: 'activeUsers30d',
    async of(contexts, now) {
      const { count } = await contexts
        .reads<MemberTables>()
        .selectFrom('member_session')
        .select((eb) => eb.fn.count('member_id').distinct().as('count'))
        .where('last_seen_at', '>', new Date(now.getTime() - MONTH_MS))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  },
];
