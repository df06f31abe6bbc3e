import { Injectable, Module } from '@nestjs/common';
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobHandlerClass, JobTry } from '#kernel/jobs/job-handler.js';
import { UnrecoverableJobError } from '#kernel/jobs/job.errors.js';
import { eventType } from '#kernel/outbox/event-type.js';
import { permission } from '#kernel/plugin/permission.js';
import type { Plugin } from '#kernel/plugin/plugin.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { passing } from '#testing/jobs/kill-point.js';

/** What a job of the specs is told: its number, and what it shall do beside leaving its mark. */
export interface SpecPayload {
  readonly n: number;
  /** Waits so long in the handler, in milliseconds. */
  readonly ms?: number;
  /** Blocks the whole process so long, on the first attempt only. */
  readonly blockMs?: number;
  /** Fails in this way on every attempt, or on the first only. */
  readonly fails?: 'always' | 'hopelessly' | 'once';
}

export const specHappened = eventType<SpecPayload>('spec.happened');
const RUN = permission('spec:run', 'member');

interface Marks {
  tickets: { tenant_id: string; id: string; title: string; description: string; created_at: Date; updated_at: Date };
}

/** Leaves a mark in the tenant's own rows: one more each time it takes effect, numbered by how many were there before. */
abstract class Marking implements JobHandler<SpecPayload> {
  constructor(private readonly contexts: TenantContextFactory) {}

  async handle(payload: SpecPayload, job: JobTry): Promise<void> {
    const transaction = await this.contexts.transaction(async (own) => own);
    passing('in-handler');
    const marks = transaction.sql<Marks>();
    const { before } = await marks
      .selectFrom('tickets')
      .where('title', 'like', `${job.name} %`)
      .select(({ fn }) => fn.countAll<string>().as('before'))
      .executeTakeFirstOrThrow();
    const now = new Date();
    const title = `${job.name} ${String(payload.n)} ${job.id}`;
    const [tenant_id, description] = [TenantScope.require('leave a mark').id, String(before)];
    await marks.insertInto('tickets').values({ tenant_id, id: randomUUIDv7(), title, description, created_at: now, updated_at: now }).execute();
    if (payload.fails === 'always' || (payload.fails === 'once' && job.attempt === 1)) throw new Error('it failed on purpose');
    if (payload.fails === 'hopelessly') throw new UnrecoverableJobError('it can never be done');
    if (payload.blockMs && job.attempt === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, payload.blockMs);
    if (payload.ms) await pause(payload.ms);
    // The one that is asked for by a step comes after the engine's own last step.
    transaction.beforeCommit(async () => transaction.beforeCommit(async () => passing('before-commit')));
    transaction.afterCommit(async () => passing('after-commit'));
  }
}

/** The jobs of one world of the specs: of names of their own, so that worlds that share a database leave each other's work alone. */
export interface SpecJobs {
  readonly plugin: Plugin;
  readonly ordered: MarkingClass;
  readonly free: MarkingClass;
}

interface MarkingClass extends JobHandlerClass {
  new (contexts: TenantContextFactory): Marking;
}

export function specJobs(world: string): SpecJobs {
  @Injectable()
  class Ordered extends Marking {
    static readonly job: JobDeclaration = { name: `spec.ordered-${world}`, on: [specHappened], order: 'tenant', permission: RUN, attempts: 200 };
    constructor(contexts: TenantContextFactory) {
      super(contexts);
    }
  }
  @Injectable()
  class Free extends Marking {
    static readonly job: JobDeclaration = { name: `spec.free-${world}`, order: 'none', permission: RUN, attempts: 3 };
    constructor(contexts: TenantContextFactory) {
      super(contexts);
    }
  }
  @Module({ providers: [Ordered, Free] })
  class SpecModule {}
  const handlers = [Ordered, Free];
  return {
    plugin: { name: 'spec', entities: [Ticket], module: SpecModule, permissions: [RUN], handlers },
    ordered: Ordered,
    free: Free,
  };
}
