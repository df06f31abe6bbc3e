import { Body, Controller, Get, Headers, HttpCode, Ip, Param, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import { streamed, type StreamAnswer } from '#control/work/stream-answer.js';
import { peerNetworkOf } from '#kernel/limits/peer-network.js';
import { idempotencyKeyOf } from '#kernel/idempotency/idempotency-key.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { Because } from '../operators/people/operator.schemas.js';
import { BeginRun, FleetStatus, ListRuns, ResumeRun, RunDetail, RunId, RunPage } from './fleet.schemas.js';
import { FleetService } from './fleet.service.js';
import { FleetStreams } from './fleet-streams.js';

const { readMigrations, manageMigrations } = PLATFORM_PERMISSIONS;
const WHY = 'changes the tables of every tenant';
const CHANGED = {
  permission: manageMigrations,
  answers: { 202: RunDetail },
  refuses: ['fleet.run-unknown', 'fleet.state-refused', 'fleet.run-under-way'],
};

/** Migrations over the whole fleet, for those who run the platform. */
@Controller('/api/platform/migrations')
export class FleetController {
  constructor(
    private readonly fleet: FleetService,
    private readonly streams: FleetStreams,
  ) {}

  @Get('status')
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'Which homes are behind the newest migration', permission: readMigrations, answers: { 200: FleetStatus } })
  status(): Promise<FleetStatus> {
    return this.fleet.status();
  }

  @Get('runs')
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'List runs, newest first', permission: readMigrations, answers: { 200: RunPage }, refuses: ['cursor.invalid'] })
  list(@Query({ schema: ListRuns }) query: ListRuns): Promise<RunPage> {
    return this.fleet.list(query);
  }

  @Post('runs')
  @HttpCode(202)
  @PlatformRoute('operators', WHY)
  @Door({
    summary: 'Begin a run',
    permission: manageMigrations,
    isCreation: true,
    answers: { 202: RunDetail },
    refuses: ['fleet.run-under-way', 'fleet.tenants-unknown', 'provisioning.region-unknown'],
  })
  async begin(
    @Body({ schema: BeginRun }) wish: BeginRun,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<RunDetail> {
    const { run, isRepeated } = await this.fleet.begin(idempotencyKeyOf(key), wish);
    answer.header('location', `/api/platform/migrations/runs/${run.run}`);
    if (isRepeated) answer.header('idempotent-replayed', 'true');
    return run;
  }

  @Get('runs/:id')
  @PlatformRoute('operators', WHY)
  @Door({
    summary: 'How a run stands, with what failed in it',
    permission: readMigrations,
    answers: { 200: RunDetail },
    refuses: ['fleet.run-unknown'],
  })
  get(@Param('id', { schema: RunId }) id: string): Promise<RunDetail> {
    return this.fleet.get(id);
  }

  @Get('runs/:id/events')
  @PlatformRoute('operators', WHY)
  @Door({
    summary: 'Be told of each change of a run, as server-sent events; with Last-Event-ID only of later ones',
    permission: readMigrations,
    answers: { 200: null },
    refuses: ['fleet.run-unknown', 'streams.too-many'],
  })
  async watch(
    @Param('id', { schema: RunId }) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) answer: StreamAnswer,
  ): Promise<StreamableFile> {
    await this.fleet.get(id);
    return streamed(this.streams.begin(id, lastEventId, peerNetworkOf(address)), answer);
  }

  @Post('runs/:id/pause')
  @HttpCode(202)
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'Begin no further target until the run is resumed', ...CHANGED })
  pause(@Param('id', { schema: RunId }) id: string, @Body({ schema: Because }) _reason: Because): Promise<RunDetail> {
    return this.fleet.pause(id);
  }

  @Post('runs/:id/resume')
  @HttpCode(202)
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'Go on with a run, and try again what failed in it, or only what is named', ...CHANGED })
  resume(@Param('id', { schema: RunId }) id: string, @Body({ schema: ResumeRun }) { targets }: ResumeRun): Promise<RunDetail> {
    return this.fleet.resume(id, targets ?? null);
  }

  @Post('runs/:id/abort')
  @HttpCode(202)
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'End a run; what was migrated stays so', ...CHANGED })
  abort(@Param('id', { schema: RunId }) id: string, @Body({ schema: Because }) _reason: Because): Promise<RunDetail> {
    return this.fleet.abort(id);
  }
}
