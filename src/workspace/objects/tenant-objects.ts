import type { Readable } from 'node:stream';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { DeclaredObject, ObjectStore, StoredObject } from '#workspace/objects/object-store.js';
import { InvalidObjectKeyError } from '#workspace/objects/objects.errors.js';
import { isUuid } from '#kernel/model/uuid.js';

/** What the keys of everything of a tenant begin with. */
export function tenantPrefix(tenantId: string): string {
  return `tenants/${tenantId}/`;
}

/** The ids that lead to an object, outermost first: a ticket's, then an attachment's. */
export type ObjectPath = readonly [string, ...string[]];

/** One object of a list; `path` as it was given when the object was put. */
export interface TenantObject {
  readonly path: readonly string[];
  readonly size: number;
}

/**
 * The objects of the tenant in scope, and of no other: paths are ids (uuid, lower case) only, and the tenant's own comes in front.
 * Raises what ObjectStore raises, InvalidObjectKeyError for a part that is no id, and NoTenantInScopeError.
 */
export class TenantObjects {
  constructor(private readonly store: ObjectStore) {}

  async put(path: ObjectPath, body: Readable, declared: DeclaredObject): Promise<StoredObject> {
    return this.store.put(keyOf('store an object', path), body, declared);
  }

  async get(path: ObjectPath): Promise<{ readonly body: Readable; readonly size: number }> {
    return this.store.get(keyOf('read an object', path));
  }

  async delete(path: ObjectPath): Promise<void> {
    await this.store.delete(keyOf('delete an object', path));
  }

  /** Deletes everything below a path, or everything of the tenant; tells how many objects those were. */
  async deleteBelow(path: readonly string[]): Promise<number> {
    return this.store.deletePrefix(prefixOf('delete objects', path));
  }

  /** Everything below a path, or everything of the tenant: of the one in scope at the call, wherever the list is read. */
  list(path: readonly string[]): AsyncIterable<TenantObject> {
    // Not itself a generator: that would ask for the tenant when the first object is read, perhaps in another scope.
    return listed(this.store, prefixOf('list objects', []), prefixOf('list objects', path));
  }
}

async function* listed(store: ObjectStore, home: string, prefix: string): AsyncIterable<TenantObject> {
  for await (const { key, size } of store.list(prefix)) yield { path: key.slice(home.length).split('/'), size };
}

function keyOf(operation: string, path: ObjectPath): string {
  return prefixOf(operation, path).slice(0, -1);
}

function prefixOf(operation: string, path: readonly string[]): string {
  const { id } = TenantScope.require(operation);
  if (![id, ...path].every(isUuid)) throw new InvalidObjectKeyError();
  return tenantPrefix([id, ...path].join('/'));
}
