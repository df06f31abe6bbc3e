import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DeclaredTables, fingerprintOf, requireDeclared } from '#control/lifecycle/export/declared-tables.js';
import { type ExportManifest, manifestFacts, type SignedManifest } from '#control/lifecycle/export/export-manifest.js';
import { EXPORT_PLACE } from '#control/lifecycle/export/export-place.js';
import { HashedFile } from '#control/lifecycle/export/hashed-file.js';
import type { TenantSnapshot, TenantSnapshots } from '#control/lifecycle/export/tenant-tables.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Clock } from '#kernel/work/clock.js';
import type { AuditSigner } from '#workspace/audit/audit-signer.js';
import { ObjectNotFoundError } from '#workspace/objects/objects.errors.js';
import type { ObjectPath, TenantObjects } from '#workspace/objects/tenant-objects.js';

interface ExporterParts {
  readonly snapshots: TenantSnapshots;
  readonly objects: TenantObjects;
  readonly declared: DeclaredTables;
  readonly signer: AuditSigner;
  readonly clock: Clock;
  /** The newest migration of a tenant's home; null when it cannot be asked. */
  readonly versionOf: (tenant: Tenant) => Promise<string | null>;
}

const ROWS_BETWEEN_LOOKS = 500;
const OUTBOX = 'work of the platform that is under way; it ends where it began';

/**
 * Writes everything the tenant in scope has into a folder: a file of JSON lines for each table, read in one snapshot, the files its people
 * attached, and a signed manifest. Its memory does not grow with what there is.
 */
export class TenantExporter {
  constructor(private readonly parts: ExporterParts) {}

  /**
   * Makes `folder`, which must not be there: it appears whole or not at all. Raises ExportIncompleteError before anything is written, and
   * what reading raises, e.g. when the tenant is suspended meanwhile; what was begun is gone then, unless the process was killed.
   */
  async export(folder: string, signal?: AbortSignal): Promise<SignedManifest> {
    const tenant = TenantScope.require('export a tenant');
    const draft = join(dirname(folder), `.export-${randomBytes(8).toString('hex')}.part`);
    await mkdir(join(draft, 'tables'), { recursive: true, mode: 0o700 });
    try {
      const rows = await this.parts.snapshots.take((snapshot) => this.#tables(snapshot, draft, signal));
      const objects = await this.#objects(draft, signal);
      const signed = this.#sign({
        format: 'tenantry.tenant-export.v1',
        tenant: { id: tenant.id, slug: tenant.slug, name: tenant.name, plan: tenant.plan, region: tenant.region },
        takenAt: this.parts.clock.now().toISOString(),
        schemaVersion: await this.parts.versionOf(tenant),
        ...rows,
        leftOut: { ...leftOut(this.parts.declared), 'tenancy.outbox': OUTBOX },
        objects,
        publicKey: this.parts.signer.publicKey,
      });
      await writeFile(join(draft, 'manifest.json'), `${JSON.stringify(signed, null, 2)}\n`, { mode: 0o600, flush: true });
      await this.#requireMayGoOn(signal);
      await rename(draft, folder);
      return signed;
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  }

  async #tables(snapshot: TenantSnapshot, draft: string, signal?: AbortSignal): Promise<Pick<ExportManifest, 'fingerprint' | 'tables'>> {
    const shapes = await snapshot.tables();
    requireDeclared(shapes, this.parts.declared);
    const tables: ExportManifest['tables'] = [];
    for (const shape of shapes) {
      const declared = this.parts.declared[shape.name];
      if (!declared || !('columns' in declared)) continue;
      const columns = [...declared.columns].sort();
      const file = await HashedFile.create(join(draft, 'tables', `${shape.name}.ndjson`));
      let rows = 0;
      try {
        for await (const line of snapshot.lines(shape, columns)) {
          if (rows % ROWS_BETWEEN_LOOKS === 0) await this.#requireMayGoOn(signal);
          rows += 1;
          await file.write(Buffer.from(`${line}\n`));
        }
      } catch (error) {
        await file.abandon();
        throw error;
      }
      tables.push({ name: shape.name, rows, sha256: await file.finish(), columns, withheld: { ...declared.withheld } });
    }
    return { fingerprint: fingerprintOf(shapes), tables };
  }

  async #objects(draft: string, signal?: AbortSignal): Promise<ExportManifest['objects']> {
    const found: ExportManifest['objects'] = [];
    for await (const { path } of this.parts.objects.list([])) {
      await this.#requireMayGoOn(signal);
      if (path[0] === EXPORT_PLACE) continue;
      const copied = await this.#copy(path as ObjectPath, join(draft, 'objects', ...path));
      if (copied) found.push({ path: [...path], ...copied });
    }
    return found.sort((one, other) => (one.path.join() < other.path.join() ? -1 : 1));
  }

  /** Null for one that somebody deleted since the list was read. */
  async #copy(path: ObjectPath, target: string): Promise<{ size: number; sha256: string } | null> {
    try {
      const { body } = await this.parts.objects.get(path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      const file = await HashedFile.create(target);
      try {
        for await (const chunk of body) await file.write(chunk as Buffer);
      } catch (error) {
        await file.abandon();
        throw error;
      }
      return { size: file.size, sha256: await file.finish() };
    } catch (error) {
      if (error instanceof ObjectNotFoundError) return null;
      throw error;
    }
  }

  /** Suspension closes a fence that the snapshot does not see. */
  async #requireMayGoOn(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.parts.snapshots.requireOpen();
  }

  #sign(manifest: ExportManifest): SignedManifest {
    return { manifest, signature: this.parts.signer.sign(manifestFacts(manifest)).toString('base64') };
  }
}

function leftOut(declared: DeclaredTables): Record<string, string> {
  return Object.fromEntries(Object.entries(declared).flatMap(([name, table]) => ('leftOut' in table ? [[name, table.leftOut]] : [])));
}
