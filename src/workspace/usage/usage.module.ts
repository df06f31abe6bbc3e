import { Module } from '@nestjs/common';
import { Meters } from './meters.js';
import { UsageReader } from './usage-reader.js';

@Module({ providers: [Meters, UsageReader], exports: [Meters, UsageReader] })
export class UsageModule {}
