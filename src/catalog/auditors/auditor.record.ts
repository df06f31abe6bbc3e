import { randomUUIDv7 } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';

const AuditorRecordSchema = defineEntity({
  name: 'AuditorRecord',
  tableName: 'auditor',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => randomUUIDv7()),
    tenantId: p.uuid(),
    email: p.text(),
    roleName: p.text(),
    reason: p.text(),
    expiresAt: p.datetime(3),
    createdAt: p.datetime(3),
    revokedAt: p.datetime(3).nullable(),
  },
});

/** Somebody who may look at one tenant's rows for a time; nothing here opens anything. */
export class AuditorRecord extends AuditorRecordSchema.class {}
AuditorRecordSchema.setClass(AuditorRecord);
