import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { ACCESS_PERMISSIONS } from '../access.permissions.js';
import { GiveOverride, ListOverrides, OverrideId, OverridePage, OverrideView } from './override.schemas.js';
import { OverridesService } from './overrides.service.js';

const { readOverrides, manageOverrides } = ACCESS_PERMISSIONS;

@Controller('/api/authz/overrides')
export class OverridesController {
  constructor(private readonly overrides: OverridesService) {}

  @Get()
  @Door({ summary: 'List overrides, newest first', permission: readOverrides, answers: { 200: OverridePage }, refuses: ['cursor.invalid'] })
  list(@Query({ schema: ListOverrides }) query: ListOverrides): Promise<OverridePage> {
    return this.overrides.list(query);
  }

  @Post()
  @Door({
    summary: 'Give or refuse a right by itself',
    permission: manageOverrides,
    isCreation: true,
    answers: { 201: OverrideView },
    refuses: ['access.permission-unknown', 'access.holder-unknown', 'access.beyond-own-rights', 'access.owner-kept'],
  })
  async give(
    @Body({ schema: GiveOverride }) input: GiveOverride,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<OverrideView> {
    const override = await this.overrides.give(input);
    answer.header('location', `/api/authz/overrides/${override.id}`);
    return override;
  }

  @Delete(':id')
  @HttpCode(204)
  @Door({
    summary: 'End an override',
    permission: manageOverrides,
    answers: { 204: null },
    refuses: ['access.override-not-found', 'access.beyond-own-rights'],
  })
  end(@Param('id', { schema: OverrideId }) id: string): Promise<void> {
    return this.overrides.end(id);
  }
}
