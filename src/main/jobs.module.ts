import { Module } from '@nestjs/common';
import { TrimIdempotencyKeys } from '#kernel/idempotency/trim-idempotency-keys.job.js';
import { JobRecords } from '#kernel/jobs/job-records.js';
import { TrimOutbox } from '#kernel/jobs/trim-outbox.job.js';
import { JobsController } from '#main/http/jobs.controller.js';
import { PlatformJobsController } from '#main/http/platform-jobs.controller.js';

@Module({ controllers: [JobsController, PlatformJobsController], providers: [JobRecords, TrimIdempotencyKeys, TrimOutbox] })
export class JobsModule {}
