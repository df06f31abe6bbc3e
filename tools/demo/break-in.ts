import type { CommandLine } from '#tools/demo/command-line.js';
import type { Customer } from '#tools/demo/customer.js';
import { Findings } from '#tools/demo/findings.js';

type Answer = { rows: { tenant?: string }[] } | { error: { code: string } };

/** What somebody who can inject any SQL into a request of `attacker` tries against `victim`. */
export class BreakIn {
  readonly findings = new Findings();

  constructor(
    private readonly tenantry: CommandLine,
    private readonly attacker: Customer,
    private readonly victim: Customer,
  ) {}

  /** One script: after a statement that failed, the rest run in a new transaction. */
  async attempt(): Promise<void> {
    const { database, schema } = this.victim.placement;
    const home = this.attacker.placement;
    const attacks = [
      {
        what: 'reads every row there is',
        sql: 'select distinct tenant_id::text as tenant from tickets where true or id is null',
        ends: 'own rows',
      },
      { what: "writes a row in the other's name", sql: plant(this.victim.id), ends: '42501' },
      { what: 'rewrites what is on record', sql: `update audit_event set action = 'ticket.opened'`, ends: '42501' },
      { what: 'makes up a capability', sql: `select set_config('tenant.capability', repeat('0', 64), true)`, ends: 'answered' },
      // A capability that is not valid is answered as if the tenant had moved, which is the usual reason.
      { what: '... and reads with it', sql: 'select tenant_id::text as tenant from tickets', ends: 'TN002', or: 'tenant.moving' },
      { what: 'sets the usual variable', sql: `select set_config('app.tenant_id', '${this.victim.id}', true)`, ends: 'answered' },
      { what: '... and reads with it', sql: 'select distinct tenant_id::text as tenant from tickets', ends: 'own rows' },
      {
        what: "names the other's schema",
        sql: `select distinct tenant_id::text as tenant from "${schema}".tickets`,
        // In another database there is no such schema; in the same one it is somebody's, unless it is both's.
        ends: schema === home.schema ? 'own rows' : database === home.database && this.#isSameServer ? '42501' : '42P01',
      },
    ];
    const answers = await this.tenantry.run(['tenant', 'sql', this.attacker.slug, '--script', '--json'], {
      input: JSON.stringify(attacks.map(({ sql }) => sql)),
      mayFail: true,
    });
    attacks.forEach(({ what, ends, or = ends }, index) => {
      this.findings.expect(what, this.#ending(answers[index] as Answer | undefined), ends, or);
    });
  }

  get #isSameServer(): boolean {
    return this.attacker.placement.cluster === this.victim.placement.cluster;
  }

  #ending(answer: Answer | undefined): string {
    if (!answer) return 'no answer';
    if ('error' in answer) return answer.error.code;
    if (!answer.rows.some((row) => 'tenant' in row)) return 'answered';
    return answer.rows.every(({ tenant }) => tenant === this.attacker.id) ? 'own rows' : "OTHERS' ROWS";
  }
}

function plant(tenantId: string): string {
  return `insert into tickets (tenant_id, id, title, created_at, updated_at)
    values ('${tenantId}', '${crypto.randomUUID()}', 'planted', now(), now()) returning tenant_id::text as tenant`;
}
