import { anchorFacts, type AuditAnchor, type AuditAnchors } from '#workspace/audit/audit-anchors.js';
import type { AuditChain, ChainPlace, KeptEvent } from '#workspace/audit/audit-chain.js';
import type { AuditSignatures } from '#workspace/audit/audit-keys.js';
import type { AuditVerdict, ChainProblem } from '#workspace/audit/audit-verdict.js';
import { GENESIS } from '#workspace/audit/canonical-event.js';
import { whatHappenedTo } from '#workspace/audit/altered-events.js';
import { beginningOf } from '#workspace/audit/retention-cut.js';

const PAGE = 1_000;
const MOST_PROBLEMS = 100;

export interface VerifierParts {
  readonly signatures: AuditSignatures;
  /** None for a chain that nobody signs for. */
  readonly anchors: AuditAnchors | null;
  /** Chains an event may have been copied from. */
  readonly otherChains?: readonly string[];
  /** The first place to look at; without it, the beginning. What is before it is believed. */
  readonly from?: number | undefined;
  /** How many events to look at. */
  readonly atMost?: number;
}

/** Looks through a chain in pages, so that its length costs time and not memory. Events that are added meanwhile are looked at too. */
export class AuditVerifier {
  readonly #problems: ChainProblem[] = [];
  #last: ChainPlace = { seq: 0, hash: GENESIS };
  #checked = 0;
  #anchoredUpTo = 0;
  #head: ChainPlace | null = null;

  private constructor(
    private readonly chain: AuditChain,
    private readonly parts: VerifierParts,
  ) {}

  static verify(chain: AuditChain, parts: VerifierParts): Promise<AuditVerdict> {
    return new AuditVerifier(chain, parts).#run();
  }

  async #run(): Promise<AuditVerdict> {
    const [newest] = (await this.parts.anchors?.newest(this.chain.chain, 1)) ?? [];
    this.#head = await this.chain.head();
    await this.#begin();
    const nextSeq = await this.#lookOn();
    if (nextSeq === null) this.#lookAtEnd(newest);
    const problems = this.#problems.toSorted((one, other) => one.seq - other.seq);
    const { chain } = this.chain;
    return { chain, valid: problems.length === 0, checked: this.#checked, problems, anchoredUpTo: this.#anchoredUpTo, nextSeq };
  }

  /** Where it begins hangs on the event before it, unless that one was taken away with all before it. */
  async #begin(): Promise<void> {
    const before = Math.min((this.parts.from ?? 1) - 1, this.#head?.seq ?? 0);
    if (before <= 0) return;
    const [base] = await this.chain.page(before - 1, 1);
    if (base?.seq === before) this.#last = base;
    else if (((await this.chain.page(0, 1))[0]?.seq ?? 0) < before) this.#last = { seq: before, hash: GENESIS };
  }

  async #lookOn(): Promise<number | null> {
    const { atMost = Infinity } = this.parts;
    for (;;) {
      if (this.#checked >= atMost && (this.#head?.seq ?? 0) > this.#last.seq) return this.#last.seq + 1;
      const events = await this.chain.page(this.#last.seq, Math.min(PAGE, Math.max(atMost - this.#checked, 1)));
      if (events.length > 0) await this.#look(events);
      else if (!(await this.#grew())) return null;
    }
  }

  /** Whether something was sealed since the head was read; the head is read after the last page, so it is never behind it. */
  async #grew(): Promise<boolean> {
    const before = this.#head?.seq ?? 0;
    this.#head = await this.chain.head();
    return (this.#head?.seq ?? 0) > before && before <= this.#last.seq;
  }

  async #look(events: readonly KeptEvent[]): Promise<void> {
    const before = this.#last.seq;
    if (before === 0) await this.#lookAtBeginning(events[0] as KeptEvent);
    for (const event of events) {
      if (event.seq !== this.#last.seq + 1) this.#add({ seq: this.#last.seq + 1, kind: 'deleted', until: event.seq - 1 });
      else if (event.prevHash !== this.#last.hash) this.#add({ seq: event.seq, kind: 'broken-link' });
      this.#last = { seq: event.seq, hash: event.hash };
    }
    for (const problem of whatHappenedTo(events, this.parts.otherChains ?? [])) this.#add(problem);
    this.#checked += events.length;
    await this.#lookAtAnchors(before, new Map(events.map((event) => [event.seq, event.hash])));
  }

  /** A chain begins with its first event, or where the retention signed that it cut. */
  async #lookAtBeginning({ seq, prevHash }: KeptEvent): Promise<void> {
    if (seq === 1) return;
    const cut = await beginningOf(this.chain, this.parts.signatures, { seq: seq - 1, hash: prevHash });
    if (cut === 'signed') this.#last = { seq: seq - 1, hash: prevHash };
    else if (cut === 'forged') this.#add({ seq: 1, kind: 'cut-forged', until: seq - 1 });
  }

  async #lookAtAnchors(after: number, hashes: ReadonlyMap<number, string>): Promise<void> {
    const anchors = (await this.parts.anchors?.between(this.chain.chain, after, this.#last.seq)) ?? [];
    for (const anchor of anchors) {
      if (!this.#isSigned(anchor)) this.#add({ seq: anchor.seq, kind: 'anchor-forged' });
      else if (hashes.get(anchor.seq) === anchor.hash) this.#anchoredUpTo = Math.max(this.#anchoredUpTo, anchor.seq);
      else if (hashes.has(anchor.seq)) this.#add({ seq: anchor.seq, kind: 'rewritten' });
    }
  }

  #lookAtEnd(newest: AuditAnchor | undefined): void {
    const { seq, hash } = this.#head ?? { seq: 0, hash: GENESIS };
    const end = Math.max(seq, newest && this.#isSigned(newest) ? newest.seq : 0);
    if (end > this.#last.seq) this.#add({ seq: this.#last.seq + 1, kind: 'truncated', until: end });
    if (seq < this.#last.seq || (seq === this.#last.seq && hash !== this.#last.hash)) this.#add({ seq, kind: 'head-forged' });
    else if (newest && newest.seq > this.#last.seq && !this.#isSigned(newest)) this.#add({ seq: newest.seq, kind: 'anchor-forged' });
  }

  #isSigned(anchor: AuditAnchor): boolean {
    return this.parts.signatures.isSigned(anchorFacts(anchor), anchor.signature);
  }

  #add(problem: ChainProblem): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
  }
}
