import { Injectable } from '@nestjs/common';
import { type TenantContext, TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import type { IfMatch } from '#kernel/plugin/if-match.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { Company } from './company.entity.js';
import { CompanyMissingError } from './company.errors.js';
import { companyCancellationRequested } from './company.events.js';
import type { ChangeCompany, CompanyView } from './company.schemas.js';

/** The card of the tenant in scope. */
@Injectable()
export class CompanyService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  /** Raises CompanyMissingError. */
  async read(): Promise<CompanyView> {
    const context = this.contexts.open();
    return viewOf(await find(context), context);
  }

  /** Raises CompanyMissingError and StaleVersionError. */
  async change(match: IfMatch, changes: ChangeCompany): Promise<CompanyView> {
    return this.contexts.transaction(async (context) => {
      const company = await find(context);
      match.require(company.version);
      const { name, locale, timeZone } = company;
      const before: Record<string, unknown> = { name, locale, timeZone };
      context.em.assign(company, changes);
      await context.em.flush();
      const changed = Object.entries(changes)
        .filter(([path, value]) => before[path] !== value)
        .map(([path, value]) => ({ path, old: before[path], new: value }));
      if (changed.length > 0)
        this.audit.record({ action: 'company.changed', targets: [{ type: 'company', id: company.id }], changes: changed });
      return viewOf(company, context);
    });
  }

  /** Asks the platform to close the tenant, which it does within moments. Raises CompanyMissingError and StaleVersionError. */
  async cancel(match: IfMatch): Promise<void> {
    await this.contexts.transaction(async (context) => {
      const { id, version } = await find(context);
      match.require(version);
      this.outbox.publish(companyCancellationRequested, { requestedBy: WorkOrigin.current().principal?.id ?? 'platform' });
      this.audit.record({ action: 'company.cancellation-requested', targets: [{ type: 'company', id }] });
    });
  }
}

function find({ em }: TenantContext): Promise<Company> {
  return em.findOneOrFail(Company, {}, { failHandler: () => new CompanyMissingError() });
}

function viewOf({ id, name, locale, timeZone, version, createdAt, updatedAt }: Company, { tenant }: TenantContext): CompanyView {
  const { slug, plan, region, status } = tenant;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, slug, name, locale, timeZone, plan, region, status, version, ...times };
}
