import type { WorkBook } from '#catalog/work/work-book.js';
import { WorkSupersededError } from '#catalog/work/work.errors.js';
import type { ClaimedWork, StepChange, WorkDelivery, WorkEnding, WorkPosition, WorkRow } from '#catalog/work/work-row.js';
import { UnrecoverableWorkError, WorkElsewhereError, type WorkKind, type WorkStep, type WorkTry } from '#control/work/work-kind.js';
import { backoffMs } from '#kernel/jobs/backoff.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { traceParentOf } from '#kernel/work/trace-parent.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

const ATTEMPTS = 8;
const TIMEOUT_MS = 60_000;
const UNKNOWN_KIND_AGAIN_MS = 60_000;

export interface WorkRunnerParts {
  readonly book: WorkBook;
  readonly kinds: readonly WorkKind<never>[];
  readonly log: JobLog;
  /** How long a try is its worker's without a sign of life, in milliseconds; renewed at a third of it. */
  readonly leaseMs: number;
  /** Aborted when the process does not wait any longer for what is running. */
  readonly handBack: AbortSignal;
  /** Told when a try is to be begun after so many milliseconds. */
  readonly later: (delivery: WorkDelivery, inMs: number) => void;
}

/** Runs tries of the platform's works: the one place where their steps are called, in either direction. */
export class WorkRunner {
  readonly #kinds: ReadonlyMap<string, WorkKind>;

  constructor(private readonly parts: WorkRunnerParts) {
    this.#kinds = new Map(parts.kinds.map((kind) => [kind.name, kind as WorkKind]));
    if (this.#kinds.size !== parts.kinds.length) throw new TypeError('two kinds of work have one name');
  }

  /** Never raises: what becomes of the try is kept with the work, and a try that was lost is found by its lease. Who `isOwner` need not wait until it is due. */
  async run(delivery: WorkDelivery, isOwner = false): Promise<void> {
    const { book, log, leaseMs } = this.parts;
    const row = book.row(delivery);
    try {
      const work = await row.claim(leaseMs, isOwner);
      if (work) await this.#claimed(work, row, delivery);
    } catch (error) {
      log.warn({ ...delivery, reason: failureText(error) }, 'a try of a work of the platform was lost');
    }
  }

  async #claimed(work: ClaimedWork, row: WorkRow, delivery: WorkDelivery): Promise<void> {
    const { leaseMs, handBack } = this.parts;
    const lost = new AbortController();
    const renewal = setInterval(() => {
      // An answer that does not come says nothing: the lease may be renewed later, or is found lost then.
      void row.renew(leaseMs).then(
        (isMine) => isMine || lost.abort(new WorkSupersededError(work.id)),
        () => undefined,
      );
    }, leaseMs / 3);
    try {
      const origin = JSON.parse(work.origin) as WorkOrigin;
      const signal = AbortSignal.any([handBack, lost.signal]);
      const ending = await TenantScope.leave(() =>
        WorkOrigin.run({ ...origin, surface: 'job', traceParent: traceParentOf(origin.traceParent) }, () =>
          this.#advance(work, row, signal),
        ),
      );
      if (ending.state === 'queued')
        this.parts.later({ id: delivery.id, attempt: delivery.attempt + 1 }, ending.ringInMs ?? ending.dueInMs ?? 0);
    } catch (error) {
      if (!(error instanceof WorkSupersededError)) throw error;
      this.parts.log.info({ ...delivery, kind: work.kind }, 'a try of a work of the platform was overtaken');
    } finally {
      clearInterval(renewal);
    }
  }

  /** Does steps, in the direction the work goes, until the try has ended; gives how. */
  async #advance(work: ClaimedWork, row: WorkRow, signal: AbortSignal): Promise<WorkEnding> {
    const kind = this.#kinds.get(work.kind);
    let decide = (position: WorkPosition): Move => onward(kind, work.kind, position);
    let before: StepChange | null = null;
    for (;;) {
      const move: Move = await row.move(before, decide);
      if ('end' in move) return move.end;
      const outcome = await this.#attempt(move, work, signal);
      before = outcome.change;
      decide = outcome.next ?? ((position) => onward(kind, work.kind, position));
    }
  }

  /** Does one step; raises WorkSupersededError when that was learned meanwhile. */
  async #attempt({ kind, step, begin, position }: Begun, work: ClaimedWork, signal: AbortSignal): Promise<Outcome> {
    const { name, place } = begin;
    const isForward = position.direction === 'forward';
    try {
      const { id, attempt, tenantId, createdAt } = work;
      const own = { id, attempt, tenantId, createdAt, done: doneOf(position) };
      const result = await withinTime(kind.timeoutMs ?? TIMEOUT_MS, signal, async (within): Promise<object | undefined> => {
        const given: WorkTry = { ...own, signal: within };
        if (isForward) return (await step.run(work.input, given)) ?? undefined;
        await step.undo?.(work.input, given);
        return undefined;
      });
      return { change: { name, place, state: isForward ? 'done' : 'undone', result } };
    } catch (error) {
      if (error instanceof WorkSupersededError) throw error;
      if (signal.aborted)
        return { change: null, next: () => ({ end: { ...position, state: 'queued', error: 'work.handed-back: the worker was stopped' } }) };
      const text = failureText(error);
      if (error instanceof WorkElsewhereError) return { change: null, next: () => ({ end: elsewhere(position, text) }) };
      this.parts.log.warn({ work: work.id, kind: kind.name, step: name, direction: position.direction, reason: text }, 'a step failed');
      const end = afterFailure(kind, position, text, error instanceof UnrecoverableWorkError);
      return { change: { name, place, state: isForward ? 'failed' : 'undoing', error: text }, next: () => ({ end }) };
    }
  }
}

/** A step that has begun. */
interface Begun {
  readonly begin: StepChange;
  readonly kind: WorkKind;
  readonly step: WorkStep;
  readonly position: WorkPosition;
}

type Move = Begun | { readonly end: WorkEnding };

/** How a step went, and what comes after it when that is not the next step. */
interface Outcome {
  readonly change: StepChange | null;
  readonly next?: () => Move;
}

/** What comes next for a work that stands there. */
function onward(kind: WorkKind | undefined, name: string, position: WorkPosition): Move {
  // Another release knows it, or will.
  if (!kind) return { end: { ...position, state: 'queued', error: `work.unknown-kind: ${name}`, dueInMs: UNKNOWN_KIND_AGAIN_MS } };
  const direction = position.isCancelled && !isPastPivot(kind, position) ? 'backward' : position.direction;
  const turned = direction === position.direction ? position : { ...position, direction, failures: 0 };
  const next = nextStep(kind, turned);
  if (!next) return { end: ended(kind, turned) };
  // A try that was lost with its process says nothing; too many of them do.
  if (turned.failures >= (kind.attempts ?? ATTEMPTS)) return { end: givenUp(kind, turned, 'work.lost: the worker did not come back') };
  const { step, place } = next;
  return { begin: { name: step.name, place, state: direction === 'forward' ? 'running' : 'undoing' }, kind, step, position: turned };
}

/** Due at once for others, and later for this process: who asks for it all the time and can do it has it first. */
function elsewhere(position: WorkPosition, error: string): WorkEnding {
  const dueInMs = 500 + 500 * Math.random();
  return { ...position, state: 'queued', error, dueInMs, ringInMs: dueInMs + 3_000 };
}

function afterFailure(kind: WorkKind, position: WorkPosition, error: string, isHopeless: boolean): WorkEnding {
  const failures = position.failures + 1;
  if (isHopeless || failures >= (kind.attempts ?? ATTEMPTS)) return givenUp(kind, { ...position, failures }, error);
  return { ...position, failures, state: 'queued', error, dueInMs: (kind.againAfterMs ?? backoffMs)(failures) };
}

interface NextStep {
  readonly step: WorkStep;
  readonly place: number;
}

function nextStep({ steps }: WorkKind, position: WorkPosition): NextStep | null {
  const isForward = position.direction === 'forward';
  const placed = steps.map((step, index) => ({ step, place: index + 1 }));
  const isDue = ({ step }: NextStep): boolean => {
    const state = position.steps.get(step.name)?.state ?? 'pending';
    return isForward ? state !== 'done' : state !== 'pending' && state !== 'undone';
  };
  return (isForward ? placed : placed.reverse()).find(isDue) ?? null;
}

function ended(kind: WorkKind, { direction, isCancelled, ...position }: WorkPosition): WorkEnding {
  const state = direction === 'forward' ? 'done' : canUndo(kind) || isCancelled ? 'compensated' : 'failed';
  return { ...position, direction, state, error: null };
}

function givenUp(kind: WorkKind, position: WorkPosition, error: string): WorkEnding {
  if (position.direction === 'backward') return { ...position, state: 'needs_human', error };
  if (isPastPivot(kind, position)) return { ...position, state: 'needs_human', error };
  if (!canUndo(kind)) return { ...position, state: 'failed', error };
  return { failures: 0, direction: 'backward', state: 'queued', error };
}

function isPastPivot({ pivot }: WorkKind, { steps }: WorkPosition): boolean {
  return pivot !== undefined && steps.get(pivot)?.state === 'done';
}

function canUndo({ steps }: WorkKind): boolean {
  return steps.some((step) => step.undo !== undefined);
}

function doneOf({ steps }: WorkPosition): Record<string, object | undefined> {
  return Object.fromEntries([...steps].flatMap(([name, { result }]) => (result === null ? [] : [[name, result]])));
}

/** A step that does not heed the signal is not waited for; being repeatable, what it still does is done again. */
async function withinTime<T>(milliseconds: number, signal: AbortSignal, work: (within: AbortSignal) => Promise<T>): Promise<T> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
  const { promise: over, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(within.reason as Error);
  if (within.aborted) end();
  within.addEventListener('abort', end, { once: true });
  over.catch(() => undefined);
  try {
    return await Promise.race([over, work(within)]);
  } finally {
    within.removeEventListener('abort', end);
  }
}
