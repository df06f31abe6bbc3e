import { isDeepStrictEqual } from 'node:util';
import type { Customer } from '#tools/demo/customer.js';
import { Door } from '#tools/demo/door.js';
import { Findings } from '#tools/demo/findings.js';
import type { RunningStart } from '#tools/demo/running-start.js';

export const TICKETS_EACH = 3;

/** A tenant at work: what its machines do, and what they may not do with what belongs to `neighbour`. Gives the id of its first ticket. */
export class Workday {
  readonly findings = new Findings();
  readonly #door: Door;

  constructor(
    start: RunningStart,
    private readonly customer: Customer,
  ) {
    this.#door = Door.withKey(start, customer);
  }

  async openTickets(): Promise<string> {
    const ids: unknown[] = [];
    const statuses = new Set<number>();
    for (let number = 1; number <= TICKETS_EACH; number += 1) {
      const { status, body } = await this.#door.call('POST', '/api/tickets', { body: { title: `${this.customer.slug} ${number}` } });
      statuses.add(status);
      ids.push(body['id']);
    }
    this.findings.expect(`opens ${TICKETS_EACH} tickets`, [...statuses].join(), '201');
    const { body } = await this.#door.call('GET', '/api/tickets');
    const listed = (body['data'] as { id: string }[] | undefined)?.map(({ id }) => id);
    const isOwn = isDeepStrictEqual(listed, ids.toReversed());
    this.findings.expect('lists them and no others', isOwn ? 'own rows' : JSON.stringify(listed), 'own rows');
    return String(ids[0]);
  }

  async changeTicket(id: string): Promise<void> {
    const path = `/api/tickets/${id}`;
    const { headers } = await this.#door.call('GET', path);
    const change = { body: { status: 'in_progress' }, headers: { 'if-match': headers.etag ?? '' } };
    const changed = await this.#door.call('PATCH', path, change);
    this.findings.expect('changes one it has just read', `${changed.status} v${String(changed.body['version'])}`, '200 v2');
    this.findings.expect('changes it from an older copy', String((await this.#door.call('PATCH', path, change)).status), '412');
  }

  async tryNeighbour(neighbour: Customer, ticketId: string): Promise<void> {
    const found = await this.#door.call('GET', `/api/tickets/${ticketId}`);
    this.findings.expect("asks for another's ticket by its id", String(found.status), '404');
    const entered = await this.#door.with({ authorization: `Bearer ${neighbour.apiKey}` }).call('GET', '/api/tickets');
    this.findings.expect("shows another's key", String(entered.status), '401');
  }
}
