import type { OutboxState } from '#kernel/outbox/outbox-table.js';

/** A job that needs somebody, as those see it who run the platform: what it holds is the tenant's and not here. */
export interface TroubledJob {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly state: OutboxState;
  readonly attempt: number;
  readonly error: string | null;
  readonly dueAt: Date;
  readonly createdAt: Date;
}

/** What was seen, and the databases that could not be looked into. */
export interface TroubledJobs {
  readonly jobs: readonly TroubledJob[];
  readonly unseen: readonly string[];
}

/** Sees work over all tenants of the shared databases whose fence is open, without being any of them. */
export interface WorkOverseer {
  /** Tenants that have something to give out, `againAfterMs` after it was given out in vain. What is out of reach is left out, and logged. */
  tenantsWithWork(againAfterMs: number): Promise<string[]>;
  /** Dead jobs and those that are late by more than `lateAfterMs`, newest first, at most `atMost`. */
  troubled(query: { readonly lateAfterMs: number; readonly atMost: number }): Promise<TroubledJobs>;
}

export const WORK_OVERSEER = Symbol('WorkOverseer');
