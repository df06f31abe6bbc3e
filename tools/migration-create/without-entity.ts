/** Tables of a home that are read and written by queries alone (Kysely, functions of the database) and have no entity. */
export const TABLES_WITHOUT_ENTITY: readonly string[] = [
  'audit_event',
  'audit_head',
  'audit_target',
  'idempotency_key',
  'mail_delivery',
  'mail_refusal',
  'member_session',
  'notification',
  'notification_preference',
  'one_time_token',
  'refresh_token',
  'setting',
  'ticket_storage',
  'ticket_term',
  'usage_counter',
];

/** Columns of tables that have an entity, and that the entity does not have, and why. */
export const COLUMNS_WITHOUT_PROPERTY: readonly { readonly table: string; readonly column: string; readonly why: string }[] = [
  { table: 'tickets', column: 'due_order', why: 'the database computes it, and lists are ordered by it' },
];
