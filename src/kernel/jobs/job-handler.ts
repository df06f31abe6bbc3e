import type { Type } from '@nestjs/common';
import type { EventType } from '#kernel/outbox/event-type.js';
import type { Permission } from '#kernel/plugin/permission.js';
import type { WorkOrigin } from '#kernel/work/work-origin.js';

/** What a kind of job is, said beside its code. */
export interface JobDeclaration {
  /** `room.what-it-does`; kept in the database, so it never changes. */
  readonly name: `${string}.${string}`;
  /** The events that cause it. A job without any is asked for by name. */
  readonly on?: readonly EventType<object>[];
  /** Whether those of one tenant run one after the other, in the order of the commits that caused them, or as many at once as its plan allows. */
  readonly order: 'tenant' | 'none';
  /** What is decided before it runs: the platform's own work needs none; what somebody asked for must still be allowed to them when it runs. */
  readonly permission: Permission | 'platform';
  /** How often it is tried before it is laid aside; 8 when not said. */
  readonly attempts?: number;
  /** How long one try may take, in milliseconds; 30,000 when not said. */
  readonly timeoutMs?: number;
  /**
   * `around`, when not said: the handler runs inside one transaction with the mark that it is done, so that it takes effect exactly once.
   * `own`: it opens its transactions itself and is marked afterwards, so that it can act outside the database between them; a crash before the
   * mark runs it again, and what it commits is kept even by a try that was overtaken, unless it heeds the signal.
   */
  readonly transaction?: 'around' | 'own';
}

/** One try of a job. */
export interface JobTry {
  readonly id: string;
  readonly name: string;
  /** The event that caused it, or the job's own name. */
  readonly topic: string;
  /** 1 for the first; it is the fencing number too: the work of an earlier try is refused at its commit, or, with `own`, its mark is. */
  readonly attempt: number;
  readonly origin: WorkOrigin;
  /** Aborted when the time is over, the process is being stopped, or the job was given to another worker meanwhile. */
  readonly signal: AbortSignal;
}

/**
 * The code of a kind of job. It runs in its tenant's scope and, unless it says otherwise, inside the transaction that also marks it as
 * done: what it writes through the contexts is kept exactly once. What it does outside the database may happen again after a crash.
 */
export interface JobHandler<Payload = object> {
  handle(payload: Payload, job: JobTry): Promise<void>;
}

/** A handler as it is listed: a provider whose class says what it is. */
export interface JobHandlerClass extends Type<JobHandler<never>> {
  readonly job: JobDeclaration;
}
