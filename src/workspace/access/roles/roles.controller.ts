import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { type AnswerHeaders, tagged } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { ACCESS_PERMISSIONS } from '../access.permissions.js';
import { ChangeRole, CreateRole, RoleId, RolePage, RoleView } from './role.schemas.js';
import { RolesService } from './roles.service.js';

const { readRoles, manageRoles } = ACCESS_PERMISSIONS;
const UNSOUND = ['access.role-unknown', 'access.permission-unknown', 'access.role-cycle', 'access.role-too-deep'];
const MORE = ['access.beyond-own-rights', 'access.over-limit'];
const ONE = ['access.role-not-found', 'access.role-fixed'];

@Controller('/api/roles')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Door({ summary: 'List roles, those of the system first', permission: readRoles, answers: { 200: RolePage } })
  list(): Promise<RolePage> {
    return this.roles.list();
  }

  @Post()
  @Door({
    summary: 'Make a role',
    permission: manageRoles,
    isCreation: true,
    answers: { 201: RoleView },
    refuses: ['access.role-key-taken', ...UNSOUND, ...MORE],
  })
  async create(@Body({ schema: CreateRole }) input: CreateRole, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<RoleView> {
    const role = await this.roles.create(input);
    answer.header('location', `/api/roles/${role.id}`);
    return tagged(role, answer);
  }

  @Get(':id')
  @Door({ summary: 'Read a role', permission: readRoles, answers: { 200: RoleView }, refuses: ['access.role-not-found'] })
  async get(@Param('id', { schema: RoleId }) id: string, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<RoleView> {
    return tagged(await this.roles.get(id), answer);
  }

  @Patch(':id')
  @Door({
    summary: 'Change a role',
    permission: manageRoles,
    answers: { 200: RoleView },
    refuses: [...ONE, ...UNSOUND, ...MORE],
    needsVersion: true,
  })
  async change(
    @Param('id', { schema: RoleId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: ChangeRole }) changes: ChangeRole,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<RoleView> {
    return tagged(await this.roles.change(id, IfMatch.from(ifMatch), changes), answer);
  }

  @Delete(':id')
  @HttpCode(204)
  @Door({
    summary: 'Delete a role that nobody has',
    permission: manageRoles,
    answers: { 204: null },
    refuses: [...ONE, 'access.role-in-use', 'access.beyond-own-rights'],
    needsVersion: true,
  })
  remove(@Param('id', { schema: RoleId }) id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    return this.roles.remove(id, IfMatch.from(ifMatch));
  }
}
