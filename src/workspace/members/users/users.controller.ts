import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { type AnswerHeaders, tagged } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { MEMBER_PERMISSIONS } from '../members.permissions.js';
import { ChangeUser, InviteUser, ListUsers, UserId, UserPage, UserView } from './user.schemas.js';
import { UsersService } from './users.service.js';

const { read, manage } = MEMBER_PERMISSIONS;
const ROLES = ['access.role-unknown', 'access.beyond-own-rights'];

@Controller('/api/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Post()
  @Door({
    summary: 'Invite a user, who is mailed a link',
    permission: manage,
    isCreation: true,
    answers: { 201: UserView },
    refuses: ['members.email-taken', ...ROLES],
  })
  async invite(@Body({ schema: InviteUser }) input: InviteUser, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<UserView> {
    const user = await this.users.invite(input);
    answer.header('location', `/api/users/${user.id}`);
    return tagged(user, answer);
  }

  @Get()
  @Door({ summary: 'List users, newest first', permission: read, answers: { 200: UserPage }, refuses: ['cursor.invalid'] })
  list(@Query({ schema: ListUsers }) query: ListUsers): Promise<UserPage> {
    return this.users.list(query);
  }

  @Get(':id')
  @Door({ summary: 'Read a user', permission: read, resource: 'member', answers: { 200: UserView }, refuses: ['members.not-found'] })
  async get(@Param('id', { schema: UserId }) id: string, @Res({ passthrough: true }) answer: AnswerHeaders): Promise<UserView> {
    return tagged(await this.users.get(id), answer);
  }

  @Patch(':id')
  @Door({
    summary: "Change a user's name, roles or status",
    permission: manage,
    resource: 'member',
    answers: { 200: UserView },
    refuses: ['members.not-found', 'members.last-owner', ...ROLES],
    needsVersion: true,
  })
  async change(
    @Param('id', { schema: UserId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: ChangeUser }) changes: ChangeUser,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<UserView> {
    return tagged(await this.users.change(id, IfMatch.from(ifMatch), changes), answer);
  }

  @Delete(':id')
  @HttpCode(204)
  @Door({
    summary: "Take a user's access away",
    permission: manage,
    resource: 'member',
    answers: { 204: null },
    refuses: ['members.not-found', 'members.last-owner', ...ROLES],
    needsVersion: true,
  })
  remove(@Param('id', { schema: UserId }) id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    return this.users.remove(id, IfMatch.from(ifMatch));
  }

  @Post(':id/invitation')
  @HttpCode(202)
  @Door({
    summary: 'Mail a new link to a user who has not come yet',
    permission: manage,
    resource: 'member',
    answers: { 202: null },
    refuses: ['members.not-found', 'members.not-invited'],
  })
  inviteAgain(@Param('id', { schema: UserId }) id: string): Promise<void> {
    return this.users.inviteAgain(id);
  }
}
