import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { OperatorCard } from '#catalog/operators/operator-people.js';
import { type AnswerHeaders, tagged } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { PLATFORM_PERMISSIONS } from '../rights/platform-permissions.js';
import type { SetupLink } from '../auth/operator-links.service.js';
import {
  Because,
  ChangeOperator,
  CreatedOperatorView,
  CreateOperator,
  ListOperators,
  OperatorId,
  OperatorPage,
  OperatorView,
  SetupLinkView,
} from './operator.schemas.js';
import { OperatorsService } from './operators.service.js';

const { readOperators, manageOperators } = PLATFORM_PERMISSIONS;
const WHY = 'decides who runs the platform';
const REFUSES = ['operators.not-found', 'operators.beyond-own-rights'];

@Controller('/api/platform/operators')
export class OperatorsController {
  constructor(private readonly operators: OperatorsService) {}

  @Get()
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'List operators, newest first', permission: readOperators, answers: { 200: OperatorPage }, refuses: ['cursor.invalid'] })
  async list(@Query({ schema: ListOperators }) query: ListOperators): Promise<OperatorPage> {
    const { data, nextCursor } = await this.operators.list(query);
    return { data: data.map(viewOf), nextCursor };
  }

  @Get(':id')
  @PlatformRoute('operators', WHY)
  @Door({ summary: 'Read an operator', permission: readOperators, answers: { 200: OperatorView }, refuses: ['operators.not-found'] })
  async get(@Param('id', { schema: OperatorId }) id: string, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<OperatorView> {
    return tagged(viewOf(await this.operators.get(id)), answer);
  }

  @Post()
  @PlatformRoute('operators', WHY)
  @Door({
    summary: 'Make somebody an operator; the link to set a password with is shown this once',
    permission: manageOperators,
    answers: { 201: CreatedOperatorView },
    refuses: ['operators.email-taken', 'operators.beyond-own-rights'],
  })
  async create(
    @Body({ schema: CreateOperator }) { email, name, roles }: CreateOperator,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<CreatedOperatorView> {
    const { card, link } = await this.operators.create({ email, name, roles });
    answer.header('location', `/api/platform/operators/${card.id}`);
    return tagged({ ...viewOf(card), ...linkView(link) }, answer);
  }

  @Patch(':id')
  @PlatformRoute('operators', WHY)
  @Door({
    summary: "Change an operator's name, roles or status",
    permission: manageOperators,
    answers: { 200: OperatorView },
    refuses: [...REFUSES, 'operators.last-owner'],
    needsVersion: true,
  })
  async change(
    @Param('id', { schema: OperatorId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: ChangeOperator }) { name, roles, status }: ChangeOperator,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<OperatorView> {
    return tagged(viewOf(await this.operators.change(id, IfMatch.from(ifMatch), { name, roles, status })), answer);
  }

  @Delete(':id')
  @HttpCode(204)
  @PlatformRoute('operators', WHY)
  @Door({
    summary: "Take an operator's access away",
    permission: manageOperators,
    answers: { 204: null },
    refuses: [...REFUSES, 'operators.last-owner'],
    needsVersion: true,
  })
  remove(
    @Param('id', { schema: OperatorId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: Because }) _why: Because,
  ): Promise<void> {
    return this.operators.remove(id, IfMatch.from(ifMatch));
  }

  @Post(':id/invitation')
  @HttpCode(201)
  @PlatformRoute('operators', WHY)
  @Door({
    summary: 'Make a new link for an operator to set a password with; those before are worth nothing then',
    permission: manageOperators,
    answers: { 201: SetupLinkView },
    refuses: [...REFUSES, 'operators.disabled'],
  })
  async link(@Param('id', { schema: OperatorId }) id: string, @Body({ schema: Because }) _why: Because): Promise<SetupLinkView> {
    return linkView(await this.operators.link(id));
  }
}

function viewOf({ roles, createdAt, updatedAt, ...card }: OperatorCard): OperatorView {
  return { ...card, roles: [...roles], createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

function linkView({ url, expiresAt }: SetupLink): SetupLinkView {
  return { setupUrl: url, expiresAt: expiresAt.toISOString() };
}
