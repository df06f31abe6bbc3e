import { defineEntity, p } from '@mikro-orm/core';
import type { PlacementKind } from '#kernel/tenancy/placement.js';

const PlacementRecordSchema = defineEntity({
  name: 'PlacementRecord',
  tableName: 'placement',
  properties: {
    tenantId: p.uuid().primary(),
    kind: p.text().$type<PlacementKind>(),
    region: p.text(),
    cluster: p.text(),
    database: p.text(),
    schema: p.text(),
    secret: p.text().nullable(),
    epoch: p.bigint('number'),
  },
});

/** Where the platform put a tenant. The epoch goes up with every change of place or status, and the fence follows it. */
export class PlacementRecord extends PlacementRecordSchema.class {}
PlacementRecordSchema.setClass(PlacementRecord);
