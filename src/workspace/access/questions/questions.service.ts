import { Injectable } from '@nestjs/common';
import { memberIdOf } from '#kernel/resolution/principal.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { ACCESS_PERMISSIONS } from '../access.permissions.js';
import { Access } from '../access.js';
import { type Decision, stepsTo } from '../decision.js';
import { PermissionCatalogue } from '../permission-catalogue.js';
import type { Resource } from '../resource.js';
import type { CheckAccess, CheckedAccess, ExplainAccess, ExplainedAccess } from './question.schemas.js';

/** Answers what somebody may do, by the same decision that will be made when they do it. */
@Injectable()
export class QuestionsService {
  constructor(
    private readonly access: Access,
    private readonly catalogue: PermissionCatalogue,
  ) {}

  /** Raises PermissionUnknownError. */
  async check({ checks }: CheckAccess): Promise<CheckedAccess> {
    const questions = checks.map(({ permission, resource }) => ({ permission: this.catalogue.require(permission), resource }));
    const results: CheckedAccess['results'] = [];
    for (const { permission, resource } of questions)
      results.push({ permission: permission.name, ...(await this.access.decide(permission, resource)) });
    return { results };
  }

  /** Raises PermissionUnknownError, and AccessDeniedError for questions about others by who may not ask them. */
  async explain({ permission: name, resource: kind, id, member }: ExplainAccess): Promise<ExplainedAccess> {
    const permission = this.catalogue.require(name);
    const resource = kind === undefined ? undefined : { kind, id: id ?? '' };
    const self = memberIdOf(WorkOrigin.current().principal);
    const decision =
      member === undefined || member === self
        ? await this.access.decide(permission, resource)
        : await this.#aboutAnother(member, () => this.access.decideForMember(member, permission, resource));
    return { permission: name, ...decision, member: member ?? self, steps: [...stepsTo(decision)] };
  }

  async #aboutAnother(member: string, ask: () => Promise<Decision>): Promise<Decision> {
    const resource: Resource = { kind: 'member', id: member };
    await this.access.require(ACCESS_PERMISSIONS.explain, resource);
    return ask();
  }
}
