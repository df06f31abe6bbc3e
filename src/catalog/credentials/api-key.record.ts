import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { TextListType } from '#kernel/model/text-list.type.js';

const ApiKeyRecordSchema = defineEntity({
  name: 'ApiKeyRecord',
  tableName: 'api_key',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    tenantId: p.uuid(),
    name: p.text(),
    hash: p.text(),
    permissions: p.type(TextListType).nullable(),
    createdBy: p.uuid().nullable(),
    createdAt: p.datetime(3).onCreate(() => new Date()),
    revokedAt: p.datetime(3).nullable(),
  },
});

/** A tenant's machine credential, as the SHA-256 of 256 random bits: nothing here opens anything. */
export class ApiKeyRecord extends ApiKeyRecordSchema.class {}
ApiKeyRecordSchema.setClass(ApiKeyRecord);
