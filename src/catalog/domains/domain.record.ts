import { defineEntity, p } from '@mikro-orm/core';

const DomainRecordSchema = defineEntity({
  name: 'DomainRecord',
  tableName: 'domain',
  properties: {
    name: p.text().primary(),
    tenantId: p.uuid(),
    challenge: p.text(),
    verifiedAt: p.datetime(3).nullable(),
  },
});

/** A domain a tenant says is its own; it resolves only after the challenge was found in its DNS. */
export class DomainRecord extends DomainRecordSchema.class {}
DomainRecordSchema.setClass(DomainRecord);
