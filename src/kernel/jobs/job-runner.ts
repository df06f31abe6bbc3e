import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { backoffMs } from '#kernel/jobs/backoff.js';
import type { JobCatalogue } from '#kernel/jobs/job-catalogue.js';
import type { JobDispatcher } from '#kernel/jobs/job-dispatcher.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { JobGate } from '#kernel/jobs/job-gate.js';
import type { JobDeclaration, JobHandler, JobHandlerClass, JobTry } from '#kernel/jobs/job-handler.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import { JobRow, type ClaimedJob, type FailedTry } from '#kernel/jobs/job-row.js';
import type { JobDelivery } from '#kernel/jobs/job-transport.js';
import { JobRefusedError, JobSupersededError, JobTimeoutError, JobUnknownError, UnrecoverableJobError } from '#kernel/jobs/job.errors.js';
import type { TenantClosings } from '#kernel/tenancy/tenant-closings.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { TenantMovingError } from '#kernel/tenancy/tenant.errors.js';
import { traceParentOf } from '#kernel/work/trace-parent.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

const TIMEOUT_MS = 30_000;
const UNKNOWN_KIND_AGAIN_MS = 60_000;

export interface JobRunnerParts {
  readonly directory: TenantDirectory;
  /** Tells when the tenant of a job that is running is closed. */
  readonly closings: Pick<TenantClosings, 'hold'>;
  readonly contexts: TenantContextFactory;
  readonly jobs: JobCatalogue;
  /** The one instance of a kind in this process. */
  readonly handlerOf: (kind: JobHandlerClass) => JobHandler<never>;
  readonly gate: JobGate;
  readonly dispatcher: JobDispatcher;
  readonly log: JobLog;
  /** How long a try is its worker's without a sign of life, in milliseconds; renewed at a third of it. */
  readonly leaseMs: number;
  /** Aborted when the process does not wait any longer for what is running. */
  readonly handBack: AbortSignal;
}

/** Runs one try of a job for its tenant: the only place where the scope of a tenant is opened for work that nobody waits for. */
export class JobRunner {
  constructor(private readonly parts: JobRunnerParts) {}

  /** Never raises: what becomes of the try is kept with the job, and a try that was lost is found by its lease. */
  async run(delivery: JobDelivery): Promise<void> {
    const { directory, dispatcher, log } = this.parts;
    try {
      const tenant = await directory.byId(delivery.tenantId);
      if (tenant?.status !== 'active') return;
      await TenantScope.run(tenant, () => this.#claimed(delivery));
    } catch (error) {
      log.warn({ ...delivery, reason: failureText(error) }, 'a try of a job was lost');
    }
    await dispatcher.dispatch(delivery.tenantId);
  }

  async #claimed(delivery: JobDelivery): Promise<void> {
    const row = new JobRow(this.parts.contexts, delivery);
    const job = await row.claim(this.parts.leaseMs);
    if (!job) return;
    const lost = new AbortController();
    const renewal = setInterval(() => void this.#renew(row, delivery, lost), this.parts.leaseMs / 3);
    try {
      await this.#try(job, row, lost.signal);
    } catch (error) {
      await this.#end(job, row, delivery, error);
    } finally {
      clearInterval(renewal);
    }
  }

  /** An answer that does not come says nothing: the lease may be renewed later, or is found lost then. */
  async #renew(row: JobRow, { id }: JobDelivery, lost: AbortController): Promise<void> {
    const isMine = await row.renew(this.parts.leaseMs).catch(() => true);
    if (!isMine) lost.abort(new JobSupersededError(id));
  }

  async #try(job: ClaimedJob, row: JobRow, lost: AbortSignal): Promise<void> {
    const kind = this.parts.jobs.require(job.name);
    const asked = JSON.parse(job.origin) as WorkOrigin;
    const origin: WorkOrigin = { ...asked, surface: 'job', traceParent: traceParentOf(asked.traceParent) };
    await WorkOrigin.run(origin, async () => {
      await this.#requireAllowed(kind.job);
      await this.#withinTime(kind.job, (signal) => {
        const { id, name, topic, attempt } = job;
        const own = { id, name, topic, attempt, origin, signal: AbortSignal.any([signal, lost]) };
        return this.#handle(kind, JSON.parse(job.payload), own, row);
      });
    });
  }

  async #handle(kind: JobHandlerClass, payload: unknown, job: JobTry, row: JobRow): Promise<void> {
    const handler = this.parts.handlerOf(kind);
    if (kind.job.transaction === 'own') {
      await handler.handle(payload as never, job);
      await row.finish();
      return;
    }
    await this.parts.contexts.transaction(async (transaction) => {
      await handler.handle(payload as never, job);
      transaction.beforeCommit(() => row.finish());
    });
  }

  async #requireAllowed({ permission }: JobDeclaration): Promise<void> {
    const reason = permission === 'platform' ? null : await this.parts.gate.refusal(permission);
    if (reason !== null) throw new JobRefusedError(reason);
  }

  /**
   * A handler that does not heed the signal is not waited for. What it writes from then on is refused with the mark that it is done; only a
   * handler of `own` transactions may still commit, beside the try that comes after.
   */
  async #withinTime({ timeoutMs = TIMEOUT_MS }: JobDeclaration, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { promise: over, reject } = Promise.withResolvers<never>();
    const ending = new AbortController();
    const end = (reason: unknown): void => {
      ending.abort(reason);
      reject(reason);
    };
    const timer = setTimeout(() => end(new JobTimeoutError(timeoutMs)), timeoutMs);
    const { handBack, closings } = this.parts;
    const letGo = closings.hold(TenantScope.require('run a job'), end);
    const stop = (): void => end(handBack.reason);
    if (handBack.aborted) stop();
    else handBack.addEventListener('abort', stop, { once: true });
    try {
      const working = work(ending.signal);
      working.catch(() => undefined);
      await Promise.race([over, working]);
    } finally {
      clearTimeout(timer);
      letGo();
      handBack.removeEventListener('abort', stop);
    }
  }

  /** What a job makes of being cut off is its own affair; that its tenant is not active, or was moved, is the reason whatever it says. */
  async #isClosed({ tenantId }: JobDelivery, error: unknown): Promise<boolean> {
    if (error instanceof TenantMovingError) return true;
    const epoch = TenantScope.require('end a job').placement.epoch;
    const now = await this.parts.directory.byId(tenantId).catch(() => null);
    return now !== null && (now.status !== 'active' || now.placement.epoch > epoch);
  }

  async #end(job: ClaimedJob, row: JobRow, delivery: JobDelivery, error: unknown): Promise<void> {
    const { log, dispatcher, handBack } = this.parts;
    if (error instanceof JobSupersededError) {
      log.info({ ...delivery, name: job.name }, 'a try of a job was overtaken; nothing of it is kept');
      return;
    }
    if (await this.#isClosed(delivery, error)) {
      // Its fence may be closed by now: then whoever closed it has parked the job, and nothing can be written here.
      await row.fail(PARKED).catch(() => undefined);
      log.info({ ...delivery, name: job.name }, 'a try of a job was ended with the closing of its tenant; it waits');
      return;
    }
    const verdict = handBack.aborted && error === handBack.reason ? HANDED_BACK : verdictOn(error, job);
    const isKept = await row.fail(verdict);
    if (!isKept) return;
    log.warn({ ...delivery, name: job.name, state: verdict.state, reason: verdict.error }, 'a try of a job failed');
    if (verdict.state === 'pending') dispatcher.dispatchIn(delivery.tenantId, verdict.dueInMs);
  }
}

const PARKED: FailedTry = { state: 'pending', dueInMs: 0, error: 'jobs.parked: the tenant was closed', isSpared: true };
const HANDED_BACK: FailedTry = { state: 'pending', dueInMs: 0, error: 'jobs.handed-back: the worker was stopped', isSpared: true };

function verdictOn(error: unknown, { attempt, max_attempts: most }: ClaimedJob): FailedTry {
  const text = failureText(error);
  // Another release knows it, or will.
  if (error instanceof JobUnknownError) return { state: 'pending', dueInMs: UNKNOWN_KIND_AGAIN_MS, error: text, isSpared: true };
  const isHopeless = error instanceof UnrecoverableJobError || error instanceof JobRefusedError || attempt >= most;
  return { state: isHopeless ? 'dead' : 'pending', dueInMs: isHopeless ? 0 : backoffMs(attempt), error: text, isSpared: false };
}
