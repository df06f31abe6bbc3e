import { defineEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '#kernel/model/tenant-properties.js';

const CompanySchema = defineEntity({
  name: 'Company',
  tableName: 'company',
  properties: { ...tenantProperties, name: p.text(), locale: p.text(), timeZone: p.text() },
});

/** What a tenant says of itself; there is one of it. What it bought and where it lives is the platform's to say. */
export class Company extends CompanySchema.class {}
CompanySchema.setClass(Company);
