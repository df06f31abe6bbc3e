import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';
import type { SecretSource } from '#kernel/isolation/secret-source.js';

/** The secrets of a tenant's own, with all their versions, also those that are deleted and could be recovered: they are purged. */
export class KeyVaultTenantStore implements TenantStore {
  readonly name = 'key-vault';

  constructor(
    private readonly secrets: SecretSource,
    /** The names that the catalog notes for a tenant; the secrets' own begin with them. */
    private readonly notedFor: (tenantId: string) => Promise<readonly string[]>,
  ) {}

  async search(tenant: ErasedTenant): Promise<StoreFinding[]> {
    const [kept, deleted] = await this.#names(tenant);
    return [
      { kind: 'secrets', count: kept.length },
      { kind: 'deleted secrets that could be recovered', count: deleted.length },
    ].filter(({ count }) => count > 0);
  }

  async erase(tenant: ErasedTenant): Promise<void> {
    for (const name of new Set((await this.#names(tenant)).flat())) await this.secrets.delete(name);
  }

  async #names({ id, placement }: ErasedTenant): Promise<[kept: string[], deleted: string[]]> {
    const own = placement.secret === null ? [] : [placement.secret.replace(/-db-connection$/, '')];
    const beginnings = [...own, ...(await this.notedFor(id))];
    const isOurs = (name: string): boolean =>
      name.includes(id) || beginnings.some((beginning) => name === beginning || name.startsWith(`${beginning}-`));
    return Promise.all([matching(this.secrets.names(), isOurs), matching(this.secrets.deletedNames(), isOurs)]);
  }
}

async function matching(names: AsyncIterable<string>, isOurs: (name: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  for await (const name of names) if (isOurs(name)) found.push(name);
  return found;
}
