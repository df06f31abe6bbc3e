import { defineEntity } from '@mikro-orm/core';
import { Injectable, Module } from '@nestjs/common';
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobHandlerClass, JobTry } from '#kernel/jobs/job-handler.js';
import { UnrecoverableJobError } from '#kernel/jobs/job.errors.js';
import { tenantProperties } from '#kernel/model/tenant-properties.js';
import { eventType } from '#kernel/outbox/event-type.js';
import type { OutboxTables } from '#kernel/outbox/outbox-table.js';
import { permission } from '#kernel/plugin/permission.js';
import type { Plugin } from '#kernel/plugin/plugin.js';
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

/** The ORM wants one; nothing is kept in it. */
const SpecNote = defineEntity({ name: 'SpecNote', tableName: 'spec_note', properties: { ...tenantProperties } });

/**
 * Leaves a mark each time it takes effect: a row of the outbox that is done already, so that the database numbers the marks of a tenant in
 * the order of their commits.
 */
@Injectable()
abstract class Marking implements JobHandler<SpecPayload> {
  constructor(private readonly contexts: TenantContextFactory) {}

  async handle(payload: SpecPayload, job: JobTry): Promise<void> {
    const transaction = await this.contexts.transaction(async (own) => own);
    const outbox = transaction.sql<OutboxTables>();
    await outbox.selectFrom('tenancy.outbox').select('id').where('id', '=', job.id).executeTakeFirstOrThrow();
    passing('in-handler');
    if (payload.blockMs && job.attempt === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, payload.blockMs);
    if (payload.ms) await pause(payload.ms);
    const { tenant } = transaction;
    const mark = {
      tenant_id: tenant.id,
      id: randomUUIDv7(),
      name: `mark.${job.name}`,
      topic: job.id,
      payload: JSON.stringify({ n: payload.n }),
    };
    await outbox
      .insertInto('tenancy.outbox')
      .values({ ...mark, origin: '{}', state: 'done', max_attempts: 1, due_at: null, created_at: new Date() } as never)
      .execute();
    if (payload.fails === 'always' || (payload.fails === 'once' && job.attempt === 1)) throw new Error('it failed on purpose');
    if (payload.fails === 'hopelessly') throw new UnrecoverableJobError('it can never be done');
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
    static readonly job: JobDeclaration = {
      name: `spec.ordered-${world}`,
      on: [specHappened],
      order: 'tenant',
      permission: RUN,
      attempts: 200,
    };
  }
  @Injectable()
  class Free extends Marking {
    static readonly job: JobDeclaration = { name: `spec.free-${world}`, order: 'none', permission: RUN, attempts: 3 };
  }
  @Module({ providers: [Ordered, Free] })
  class SpecModule {}
  const handlers = [Ordered, Free];
  return {
    plugin: { name: 'spec', entities: [SpecNote] as unknown as Plugin['entities'], module: SpecModule, permissions: [RUN], handlers },
    ordered: Ordered,
    free: Free,
  };
}
