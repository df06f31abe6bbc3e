/**
 * Settings given at start-up. They are the session's reset values, so `reset all` returns to them, and they win over whatever a
 * statement may have persisted with `alter role … set` (PostgreSQL "19.1.3 Parameter Interaction via SQL": client over role over file).
 */
export function startupOptions(limits: { statementMs: number; transactionMs: number }): string {
  const settings: Record<string, string | number> = {
    search_path: 'pg_catalog,pg_temp',
    role: 'none',
    row_security: 'on',
    default_transaction_read_only: 'off',
    default_transaction_isolation: 'read\\ committed',
    default_transaction_deferrable: 'off',
    statement_timeout: limits.statementMs,
    lock_timeout: 0,
    transaction_timeout: limits.transactionMs,
    idle_in_transaction_session_timeout: limits.transactionMs,
    client_connection_check_interval: 1_000,
    synchronous_commit: 'on',
    standard_conforming_strings: 'on',
    bytea_output: 'hex',
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    IntervalStyle: 'postgres',
    jit: 'off',
    // Only statements that come again are prepared, and which tenant it is no plan can know: planning each execution anew buys nothing.
    plan_cache_mode: 'force_generic_plan',
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
