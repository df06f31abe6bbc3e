import { Inject, Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { memberBehind } from '#kernel/resolution/principal.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { AccessChanges } from '../access-changes.js';
import { Access } from '../access.js';
import type { AccessTables } from '../access-tables.js';
import { API_KEY_DESK, type ApiKeyDesk } from '../keys/api-key-desk.js';
import { PermissionCatalogue } from '../permission-catalogue.js';
import type { Resource } from '../resource.js';
import { readRoleGraph } from '../role-reader.js';
import { AccessOverride } from './override.entity.js';
import { HolderUnknownError, OverrideNotFoundError, OwnerKeptError } from './override.errors.js';
import type { GiveOverride, ListOverrides, OverridePage, OverrideView } from './override.schemas.js';

/** Rights given and refused one by one, in the tenant in scope. Nobody gives, refuses or gives back what they do not have themselves. */
@Injectable()
export class OverridesService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly cursors: PageCursors,
    private readonly access: Access,
    private readonly changes: AccessChanges,
    private readonly catalogue: PermissionCatalogue,
    @Inject(API_KEY_DESK) private readonly keys: ApiKeyDesk,
    private readonly audit: AuditTrail,
  ) {}

  /** Newest first. Raises CursorInvalidError. */
  async list({ limit, cursor, holderKind, holder }: ListOverrides): Promise<OverridePage> {
    const scope = ['overrides', { holderKind, holder }] as const;
    const after = cursor === undefined ? undefined : this.cursors.open(cursor, scope);
    const found = await this.contexts.open().em.find(
      AccessOverride,
      {
        ...(holderKind && { holderKind }),
        ...(holder !== undefined && { holder }),
        ...(after && { $or: [{ createdAt: { $lt: after.at } }, { createdAt: after.at, id: { $lt: after.id } }] }),
      },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: limit + 1 },
    );
    const { data, nextCursor } = this.cursors.page(found, limit, scope, ({ id, createdAt }) => ({ id, at: createdAt }));
    return { data: data.map(viewOf), nextCursor };
  }

  /** Raises PermissionUnknownError, HolderUnknownError, BeyondOwnRightsError and, for a refusal to an owner, OwnerKeptError. */
  async give({ holder, permission, effect, resource, reason, expiresAt }: GiveOverride): Promise<OverrideView> {
    return this.contexts.transaction(async (transaction) => {
      const { em, tenant } = transaction;
      await this.access.requireMayGive([this.catalogue.require(permission)], givenFor(resource));
      const isOwner = await this.#requireHolder(transaction, holder);
      if (isOwner && effect === 'deny') throw new OwnerKeptError();
      const override = em.create(AccessOverride, {
        ...{ tenantId: tenant.id, holderKind: holder.kind, holder: holder.id, permission, effect, reason, expiresAt },
        ...{ resourceKind: resource?.kind ?? null, resourceId: resource?.id ?? null },
        createdBy: memberBehind(WorkOrigin.current().principal),
      });
      await em.flush();
      const details = { permission, effect, expiresAt: expiresAt?.toISOString() ?? null };
      this.audit.record({ action: 'access.override-given', targets: targetsOf(override), reason, details });
      transaction.afterCommit(() => this.changes.changed(tenant.id));
      return viewOf(override);
    });
  }

  /** Raises OverrideNotFoundError, and BeyondOwnRightsError when a refusal would be taken back that is one's own as well. */
  async end(id: string): Promise<void> {
    await this.contexts.transaction(async (transaction) => {
      const { em, tenant } = transaction;
      const override = await em.findOneOrFail(AccessOverride, { id }, { failHandler: () => new OverrideNotFoundError(id) });
      const { permission, effect, resourceKind, resourceId } = override;
      const resource = resourceKind == null ? null : { kind: resourceKind, id: resourceId ?? null };
      await this.access.requireMayGive(this.catalogue.known([permission]), givenFor(resource));
      em.remove(override);
      await em.flush();
      this.audit.record({ action: 'access.override-ended', targets: targetsOf(override), details: { permission, effect } });
      transaction.afterCommit(() => this.changes.changed(tenant.id));
    });
  }

  /** Whether the holder is an owner. Raises HolderUnknownError. */
  async #requireHolder(transaction: TenantTransaction, { kind, id }: GiveOverride['holder']): Promise<boolean> {
    if (kind === 'role') {
      const graph = await readRoleGraph(this.contexts, [id]);
      if (!graph.has(id)) throw new HolderUnknownError(kind, id);
      return id === 'owner';
    }
    if (kind === 'machine') {
      if (!(await this.keys.has(transaction.tenant.id, id))) throw new HolderUnknownError(kind, id);
      return false;
    }
    const member = await transaction.sql<AccessTables>().selectFrom('member').select('roles').where('id', '=', id).executeTakeFirst();
    if (!member) throw new HolderUnknownError(kind, id);
    return member.roles.includes('owner');
  }
}

function givenFor(resource: GiveOverride['resource']): Resource | undefined {
  return resource === null ? undefined : { kind: resource.kind, id: resource.id ?? undefined };
}

function targetsOf({ id, holderKind, holder, resourceKind, resourceId }: AccessOverride): { type: string; id: string }[] {
  return [
    { type: 'override', id },
    { type: holderKind, id: holder },
    ...(resourceKind != null && resourceId != null ? [{ type: resourceKind, id: resourceId }] : []),
  ];
}

function viewOf(override: AccessOverride): OverrideView {
  const { id, holderKind, holder, permission, effect, resourceKind, resourceId, reason, expiresAt, createdBy, createdAt } = override;
  return {
    id,
    holder: { kind: holderKind, id: holder },
    permission,
    effect,
    resource: resourceKind == null ? null : { kind: resourceKind, id: resourceId ?? null },
    reason,
    expiresAt: expiresAt?.toISOString() ?? null,
    createdBy: createdBy ?? null,
    createdAt: createdAt.toISOString(),
  };
}
