import { Controller, Get, HttpCode, Param, Post, Res, StreamableFile } from '@nestjs/common';
import { ExportId, ExportView } from '#control/lifecycle/export/export.schemas.js';
import { EXPORT_PERMISSION } from '#control/lifecycle/export/export.permissions.js';
import { ExportsService } from '#control/lifecycle/export/exports.service.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';

/** Everything a tenant has, to be taken away by its owners. */
@Controller('/api/exports')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  @Post()
  @HttpCode(202)
  @Door({
    summary: 'Have an export of everything made; it is there for seven days',
    permission: EXPORT_PERMISSION,
    isCreation: true,
    answers: { 202: ExportView },
  })
  async ask(@Res({ passthrough: true }) answer: AnswerHeaders): Promise<ExportView> {
    const asked = await this.exports.ask();
    answer.header('location', `/api/exports/${asked.id}`);
    return asked;
  }

  @Get(':id')
  @Door({
    summary: 'How far an export has come',
    permission: EXPORT_PERMISSION,
    answers: { 200: ExportView },
    refuses: ['lifecycle.export-not-found'],
  })
  show(@Param('id', { schema: ExportId }) id: string): Promise<ExportView> {
    return this.exports.get(id);
  }

  @Get(':id/content')
  @Door({
    summary: 'Download an export: a tar of JSON lines, files and a signed manifest',
    permission: EXPORT_PERMISSION,
    answers: { 200: null },
    refuses: ['lifecycle.export-not-found'],
  })
  async content(@Param('id', { schema: ExportId }) id: string): Promise<StreamableFile> {
    const { body, size } = await this.exports.open(id);
    return new StreamableFile(body, { type: 'application/x-tar', disposition: `attachment; filename="export-${id}.tar"`, length: size });
  }
}
