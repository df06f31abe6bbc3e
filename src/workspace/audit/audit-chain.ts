import type { SealedEvent } from '#workspace/audit/canonical-event.js';

/** An event as it is kept, with the hash it was sealed with (hex). */
export interface KeptEvent extends SealedEvent {
  readonly hash: string;
}

/** The place of an event: what comes behind it hangs on its hash. */
export interface ChainPlace {
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
}

/** A chain as it is read from one end to the other. */
export interface AuditChain {
  /** A tenant's id, or `platform`. */
  readonly chain: string;
  /** Where the chain says it ends; null before the first event. */
  head(): Promise<ChainPlace | null>;
  /** Events with `seq > after`, in their order, at most `limit`. */
  page(after: number, limit: number): Promise<KeptEvent[]>;
  /** The last event of an action. */
  newest(action: string): Promise<KeptEvent | null>;
}
