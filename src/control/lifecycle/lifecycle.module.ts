import { Module } from '@nestjs/common';
import { CancelTenant } from './cancel-tenant.job.js';

@Module({ providers: [CancelTenant] })
export class LifecycleModule {}
