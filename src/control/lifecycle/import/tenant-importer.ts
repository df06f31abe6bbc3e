import { ImportRefusedError } from '#control/lifecycle/export/export.errors.js';
import { ImportFolder } from '#control/lifecycle/import/import-folder.js';
import type { TenantLoader } from '#control/lifecycle/import/tenant-loader.js';
import type { Filling } from '#control/onboarding/import-kind.js';
import type { OnboardingRequest } from '#control/onboarding/onboarding-desk.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { AuditTrail } from '#workspace/audit/audit-trail.js';
import type { TenantFounder } from '#workspace/members/tenant-founder.js';
import type { ObjectPath, TenantObjects } from '#workspace/objects/tenant-objects.js';

/** A tenant that was made of an export; rows by table, and how many files. */
export interface ImportedTenant {
  readonly tenant: Tenant;
  readonly rows: Readonly<Record<string, number>>;
  readonly objects: number;
}

/** What is asked for; the rest of it is in the export. */
export interface ImportRequest extends Pick<OnboardingRequest, 'adminEmail' | 'plan' | 'region' | 'cluster'> {
  readonly slug: string;
  readonly name: string;
}

interface ImporterParts {
  /** Makes a tenant that is filled before it is opened; what filling it raised is raised. */
  readonly make: (request: OnboardingRequest, fill: Filling) => Promise<Tenant>;
  readonly loader: TenantLoader;
  readonly objects: TenantObjects;
  readonly founder: TenantFounder;
  readonly audit: AuditTrail;
}

/** Makes a new tenant of an export: the way every tenant is made, and filled before anybody can get in. */
export class TenantImporter {
  constructor(private readonly parts: ImporterParts) {}

  /**
   * All or nothing: when a step fails before it is open, nothing of it is left. Whoever `request` names as admin gets a link, as an owner.
   * Raises ImportRefusedError and what making a tenant raises.
   */
  async import(folder: string, { name, ...request }: ImportRequest): Promise<ImportedTenant> {
    const opened = await ImportFolder.open(folder);
    const { make, audit, founder } = this.parts;
    let rows: Record<string, number> = {};
    const tenant = await make({ ...request, companyName: name }, async (made) => {
      rows = await this.#fill(made, opened);
    });
    const { manifest } = opened;
    await TenantScope.run(tenant, async () => {
      await audit.recordAlone({
        action: 'lifecycle.imported',
        targets: [],
        details: { from: manifest.tenant.id, takenAt: manifest.takenAt, fingerprint: manifest.fingerprint },
      });
      await founder.welcome(request.adminEmail);
    });
    return { tenant, rows, objects: manifest.objects.length };
  }

  async #fill(tenant: Tenant, opened: ImportFolder): Promise<Record<string, number>> {
    const { tables, fingerprint, objects } = opened.manifest;
    const load = tables.map(({ name, columns }) => ({ name, columns, lines: () => opened.lines(name) }));
    const rows = await this.parts.loader.load(tenant, { fingerprint, tables: load });
    for (const { name, rows: wanted } of tables)
      if (rows[name] !== wanted) throw new ImportRefusedError(`${name} has ${String(rows[name])} rows and should have ${String(wanted)}`);
    for (const { path, size, sha256 } of objects)
      await TenantScope.run(tenant, () =>
        this.parts.objects.put(path as unknown as ObjectPath, opened.object(path), {
          size,
          sha256,
          contentType: 'application/octet-stream',
        }),
      );
    return rows;
  }
}
