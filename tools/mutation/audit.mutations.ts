import type { Mutation } from './mutation.js';

const AUDIT = 'src/workspace/audit';
const CHAIN_SPECS = [`${AUDIT}/audit-chain.int-spec.ts`];
const VERIFIER_SPECS = [`${AUDIT}/audit-verifier.int-spec.ts`];
const VERIFIER = { file: `${AUDIT}/audit-verifier.ts`, specs: VERIFIER_SPECS };
const ALTERED = { file: `${AUDIT}/altered-events.ts`, specs: VERIFIER_SPECS };
const REDACTION = { file: `${AUDIT}/redaction.ts`, specs: [`${AUDIT}/redaction.spec.ts`] };
const RETENTION = ['src/adapters/postgres/audit-retention.int-spec.ts'];
const TABLES = { file: 'migrations/tenant/0004-audit.ts', specs: CHAIN_SPECS };
const TENANCY = 'provisioning/tenancy.sql';

/** What is on record, and how it is found out that somebody changed it. */
export const AUDIT_MUTATIONS: readonly Mutation[] = [
  {
    ...TABLES,
    name: 'audit: an event is added and never changed (privilege)',
    find: `protect('audit_event', 'select, insert')`,
    replace: `protect('audit_event')`,
  },
  {
    ...TABLES,
    name: 'audit: the head is the trigger’s alone (privilege)',
    find: `protect('audit_head', 'select')`,
    replace: `protect('audit_head')`,
  },
  {
    ...TABLES,
    name: 'audit: what is on record stays so for the owner too (trigger)',
    find: 'this.addSql(`create trigger keep before ${kept} on ${table} for each statement execute function tenancy.keep_audit()`);',
    replace: 'void [table, kept];',
  },
  {
    name: 'audit: the head is read in the turn',
    file: TENANCY,
    find: `  perform tenancy.take_turn(mine);\n  execute format('select h.seq`,
    replace: `  execute format('select h.seq`,
    specs: CHAIN_SPECS,
  },
  {
    name: 'audit: an event has the time of the database',
    file: TENANCY,
    find: 'new.occurred_at := clock_timestamp();',
    replace: 'new.occurred_at := coalesce(new.occurred_at, clock_timestamp());',
    specs: CHAIN_SPECS,
  },
  {
    name: 'audit: what was refused is kept although its transaction is not',
    file: `${AUDIT}/audit-trail.ts`,
    find: 'await TenantTransaction.leave(() => this.contexts.transaction(async () => this.record(entry)));',
    replace: 'await this.contexts.transaction(async () => this.record(entry));',
    specs: CHAIN_SPECS,
  },
  { ...REDACTION, name: 'audit: no value of what is named like a secret', find: 'if (isSecretName(name)) return REDACTED;', replace: '' },
  { ...REDACTION, name: 'audit: no text that is a credential', find: 'if (SECRET_TEXT.test(text)) return REDACTED;', replace: '' },
  {
    ...REDACTION,
    name: 'audit: no change of what is named like a secret',
    find: `some(isSecretName) ? 'secret' : ''`,
    replace: `some(isSecretName) ? '' : ''`,
  },
  {
    name: 'audit: what goes on record is redacted',
    file: `${AUDIT}/audit-row.ts`,
    find: 'details: json(redacted(entry.details ?? {})),',
    replace: 'details: json(entry.details ?? {}),',
    specs: [`${AUDIT}/audit-row.spec.ts`],
  },
  {
    ...VERIFIER,
    name: 'audit: a deleted event is found',
    find: `if (event.seq !== this.#last.seq + 1) this.#add(`,
    replace: `if (event.seq < this.#last.seq) this.#add(`,
  },
  {
    ...VERIFIER,
    name: 'audit: an event that was sealed again is found',
    find: 'else if (event.prevHash !== this.#last.hash) this.#add(',
    replace: `else if (event.prevHash === '') this.#add(`,
  },
  {
    ...VERIFIER,
    name: 'audit: a deleted end is found',
    find: `if (end > this.#last.seq) this.#add(`,
    replace: 'if (end < 0) this.#add(',
  },
  {
    ...VERIFIER,
    name: 'audit: an end that was cut off with its head is found',
    find: 'newest && this.#isSigned(newest) ? newest.seq : 0',
    replace: '0',
  },
  {
    ...VERIFIER,
    name: 'audit: a forged head is found',
    find: `if (seq < this.#last.seq || (seq === this.#last.seq && hash !== this.#last.hash)) this.#add(`,
    replace: 'if (seq < 0) this.#add(',
  },
  {
    ...VERIFIER,
    name: 'audit: the hash of the head is compared',
    find: ' || (seq === this.#last.seq && hash !== this.#last.hash)',
    replace: '',
  },
  {
    ...VERIFIER,
    name: 'audit: a chain that was written anew is found',
    find: `else if (hashes.has(anchor.seq)) this.#add(`,
    replace: 'else if (anchor.seq < 0) this.#add(',
  },
  {
    ...VERIFIER,
    name: 'audit: the signature of an anchor is looked at',
    find: 'return this.parts.signatures.isSigned(anchorFacts(anchor), anchor.signature);',
    replace: 'return anchor.signature.length > 0;',
  },
  {
    name: 'audit: the signature of a cut is looked at',
    file: `${AUDIT}/retention-cut.ts`,
    find: `data !== undefined && signatures.isSigned(cutFacts(chain.chain, data), Buffer.from(data.proof, 'base64url'));`,
    replace: 'data !== undefined;',
    specs: RETENTION,
  },
  {
    name: 'audit: a cut ends where its signature says',
    file: `${AUDIT}/retention-cut.ts`,
    find: `return isSigned && data.lastSeq === end.seq && data.lastLink === end.hash ?`,
    replace: 'return isSigned ?',
    specs: RETENTION,
  },
  {
    ...ALTERED,
    name: 'audit: an altered event is found',
    find: 'events.filter((event) => hashOfEvent(event) !== event.hash);',
    replace: `events.filter((event) => event.hash === '');`,
  },
  {
    ...ALTERED,
    name: 'audit: two events that changed places are told',
    find: `if (other !== undefined) return { seq, kind: 'swapped', other };`,
    replace: '',
  },
  {
    ...ALTERED,
    name: 'audit: an event of another chain is told',
    find: `return origin === undefined ? { seq, kind: 'altered' } :`,
    replace: `return seq > 0 ? { seq, kind: 'altered' } :`,
  },
];
