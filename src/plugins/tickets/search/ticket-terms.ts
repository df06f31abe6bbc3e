import type { RowBuilder, RowExpression } from '#kernel/isolation/read-types.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { Ticket } from '../ticket.entity.js';
import type { TicketSearchTables } from '../ticket-table.js';
import { termOfLabel } from './term-range.js';
import { wordsOf } from './words.js';

/** Goes up when the rules by which terms are made change; a migration then takes the versions away, and IndexTickets makes the terms anew. */
export const TERMS_VERSION = 1;
/** Of one ticket, its title's first. */
const WORDS_AT_MOST = 1_000;

type Texts = Pick<Ticket, 'title' | 'description' | 'labels'>;

/** What a ticket is found by. */
export function termsOf({ title, description, labels }: Texts): string[] {
  return [...wordsOf(`${title}\n${description}`, WORDS_AT_MOST), ...new Set(labels.map(termOfLabel))];
}

/** Makes the terms of a flushed ticket what they should be; `before` is what it was found by until now. */
export async function keepTerms(transaction: TenantTransaction, ticket: Ticket, before: readonly string[]): Promise<void> {
  const [old, now] = [new Set(before), new Set(termsOf(ticket))];
  await removeTerms(transaction, ticket.id, [...old.difference(now)]);
  await addTerms(transaction, ticket, [...now.difference(old)]);
}

/** Makes all terms of a ticket anew, whichever it has. */
export async function renewTerms(transaction: TenantTransaction, ticket: Texts & Pick<Ticket, 'id' | 'createdAt'>): Promise<void> {
  await transaction.sql<TicketSearchTables>().deleteFrom('ticket_term').where('ticket_id', '=', ticket.id).execute();
  await addTerms(transaction, ticket, termsOf(ticket));
}

/** For a ticket that has none of them. */
export async function addTerms(
  transaction: TenantTransaction,
  { id, createdAt }: Pick<Ticket, 'id' | 'createdAt'>,
  terms: readonly string[],
): Promise<void> {
  if (terms.length === 0) return;
  await transaction
    .sql<TicketSearchTables>()
    .insertInto('ticket_term')
    .columns(['tenant_id', 'term', 'created_at', 'ticket_id'])
    .expression((eb) =>
      eb
        .selectFrom(listed(eb, terms).as('listed'))
        .select((row) => [
          row.val(transaction.tenant.id).as('tenant_id'),
          row.ref('listed.value').as('term'),
          row.val(createdAt).as('created_at'),
          row.val(id).as('ticket_id'),
        ]),
    )
    .execute();
}

async function removeTerms(transaction: TenantTransaction, ticketId: string, terms: readonly string[]): Promise<void> {
  if (terms.length === 0) return;
  await transaction
    .sql<TicketSearchTables>()
    .deleteFrom('ticket_term')
    .where('ticket_id', '=', ticketId)
    .where('term', 'in', (eb) => eb.selectFrom(listed(eb, terms).as('listed')).select('listed.value'))
    .execute();
}

/** Rows of one parameter, so that it is one statement however many there are. */
function listed(
  eb: RowBuilder<TicketSearchTables, 'ticket_term'>,
  terms: readonly string[],
): RowExpression<TicketSearchTables, 'ticket_term', { value: string }> {
  return eb.fn<{ value: string }>('jsonb_array_elements_text', [eb.val(JSON.stringify(terms))]);
}
