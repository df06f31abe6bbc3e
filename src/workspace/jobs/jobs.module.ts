import { Module } from '@nestjs/common';
import { TrimIdempotencyKeys } from '#kernel/idempotency/trim-idempotency-keys.job.js';
import { TrimOutbox } from '#kernel/jobs/trim-outbox.job.js';
import { JobRecords } from '#workspace/jobs/job-records.js';
import { JobsController } from '#workspace/jobs/jobs.controller.js';

@Module({ controllers: [JobsController], providers: [JobRecords, TrimIdempotencyKeys, TrimOutbox] })
export class JobsModule {}
