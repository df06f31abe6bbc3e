import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { companyName } from '#workspace/company/company-name.js';
import type { MeView } from './auth.schemas.js';
import { Member } from './member.entity.js';
import { mainRoleOf } from './main-role.js';
import { MemberNotFoundError } from './members.errors.js';
import type { SignedInMember } from './signed-in-member.js';

/** What somebody is told of themselves. */
@Injectable()
export class MeService {
  constructor(private readonly contexts: TenantContextFactory) {}

  /** Raises MemberNotFoundError. */
  async read({ id, sessionId }: SignedInMember): Promise<MeView> {
    const { em, tenant } = this.contexts.open();
    const { email, name, roles } = await em.findOneOrFail(Member, { id }, { failHandler: () => new MemberNotFoundError() });
    const { slug, plan, region } = tenant;
    const company = { id: tenant.id, slug, name: await companyName(this.contexts), plan, region };
    return { id, email, name, role: mainRoleOf(roles), roles, sessionId, tenant: company };
  }
}
