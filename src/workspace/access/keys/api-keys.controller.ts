import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { ACCESS_PERMISSIONS } from '../access.permissions.js';
import { ApiKeyId, ApiKeyPage, CreateApiKey, CreatedApiKey } from './api-key.schemas.js';
import { ApiKeysService } from './api-keys.service.js';

const { readKeys, manageKeys } = ACCESS_PERMISSIONS;

@Controller('/api/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @Door({ summary: 'List keys of machines, newest first', permission: readKeys, answers: { 200: ApiKeyPage } })
  list(): Promise<ApiKeyPage> {
    return this.keys.list();
  }

  @Post()
  @Door({
    summary: 'Make a key for a machine; it is shown once',
    permission: manageKeys,
    isCreation: true,
    answers: { 201: CreatedApiKey },
    refuses: ['access.permission-unknown', 'access.beyond-own-rights'],
  })
  async create(
    @Body({ schema: CreateApiKey }) input: CreateApiKey,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<CreatedApiKey> {
    const key = await this.keys.create(input);
    answer.header('location', `/api/api-keys/${key.id}`);
    return key;
  }

  @Delete(':id')
  @HttpCode(204)
  @Door({ summary: 'Revoke a key', permission: manageKeys, answers: { 204: null }, refuses: ['access.key-not-found'] })
  revoke(@Param('id', { schema: ApiKeyId }) id: string): Promise<void> {
    return this.keys.revoke(id);
  }
}
