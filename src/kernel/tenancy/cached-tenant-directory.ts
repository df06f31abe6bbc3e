import type { ApiKeyCredential, CredentialDirectory } from '#kernel/resolution/credential-directory.js';
import { AbsentAnswers } from '#kernel/tenancy/absent-answers.js';
import { Freshness, type FreshnessLimits } from '#kernel/tenancy/freshness.js';
import type { InvalidationChannel } from '#kernel/tenancy/invalidation-channel.js';
import { RefreshQueue } from '#kernel/tenancy/refresh-queue.js';
import type { FillRight, SharedTenantCache } from '#kernel/tenancy/shared-tenant-cache.js';
import { TenantAnswers, type Answer, type TenantAnswersOptions } from '#kernel/tenancy/tenant-answers.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import { TenantLoads, type TenantLoad } from '#kernel/tenancy/tenant-loads.js';
import { isSameSnapshot } from '#kernel/tenancy/tenant-snapshot.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** How much a process remembers of tenants, and for how long. */
export interface TenantCacheLimits extends FreshnessLimits {
  readonly tenants: number;
  readonly names: number;
  readonly apiKeys: number;
  readonly absent: number;
  readonly patienceMs: number;
}

const LIMITS: TenantCacheLimits = {
  tenants: 10_000,
  names: 20_000,
  apiKeys: 20_000,
  absent: 2_000,
  ttlMs: 30_000,
  unheardTtlMs: 2_000,
  absentTtlMs: 5_000,
  staleMs: 300_000,
  patienceMs: 250,
};

/** What stands between a process and the records; both others are optional, and time can be anybody's. */
export interface CachedTenantDirectoryOptions {
  readonly shared?: SharedTenantCache;
  readonly channel?: InvalidationChannel;
  readonly limits?: Partial<TenantCacheLimits>;
  readonly now?: () => number;
}

/**
 * The tenants as this process remembers them, in front of a cache shared by all and of the records themselves. Nothing read before a
 * change is remembered after it; a lost message costs at most the time to live. Raises what the records raise when they cannot be
 * read, unless an answer of the last minutes is held that nobody has called out of date.
 */
export class CachedTenantDirectory implements TenantDirectory, CredentialDirectory {
  readonly #loads = new TenantLoads();
  readonly #absent: AbsentAnswers;
  readonly #tenants: TenantAnswers<Tenant>;
  readonly #slugs: TenantAnswers<string>;
  readonly #domains: TenantAnswers<string>;
  readonly #apiKeys: TenantAnswers<ApiKeyCredential>;
  readonly #refreshes = new RefreshQueue((id) => this.#refresh(id));

  constructor(
    private readonly source: TenantDirectory & CredentialDirectory,
    private readonly options: CachedTenantDirectoryOptions = {},
  ) {
    const limits = { ...LIMITS, ...options.limits };
    const freshness = new Freshness(limits, () => this.#hearsOfChanges, options.now ?? (() => performance.now()));
    this.#absent = new AbsentAnswers(limits.absent, freshness);
    const common: TenantAnswersOptions = { loads: this.#loads, absent: this.#absent, freshness, patienceMs: limits.patienceMs };
    this.#tenants = new TenantAnswers('id', limits.tenants, (id, load) => this.#readTenant(id, load), isSameSnapshot, common);
    this.#slugs = new TenantAnswers('slug', limits.names, (slug, load) => this.#readSlug(slug, load), Object.is, common);
    this.#domains = new TenantAnswers('domain', limits.names, (domain, load) => this.#readDomain(domain, load), Object.is, common);
    this.#apiKeys = new TenantAnswers(
      'key',
      limits.apiKeys,
      (hash) => this.#readApiKey(hash),
      () => false,
      common,
    );
    options.channel?.listen({ changed: (id) => this.invalidate(id), missed: () => this.clear() });
  }

  bySlug(slug: string): Promise<Tenant | null> {
    const id = this.#slugs.fresh(slug);
    const tenant = id === undefined ? undefined : this.#tenants.fresh(id);
    return tenant?.slug === slug ? Promise.resolve(tenant) : this.#bySlug(slug);
  }

  byId(id: string): Promise<Tenant | null> {
    return this.#tenants.ask(id);
  }

  async byDomain(domain: string): Promise<Tenant | null> {
    const id = await this.#domains.ask(domain);
    return id === null ? null : this.byId(id);
  }

  apiKey(hash: string): Promise<ApiKeyCredential | null> {
    return this.#apiKeys.ask(hash);
  }

  refresh(id: string): Promise<Tenant | null> {
    return this.#refreshes.ask(id);
  }

  /** Tells every process, this one first, that a tenant changed. Call it after the change is committed; it does not raise. */
  async announce(id: string): Promise<void> {
    this.invalidate(id);
    await this.options.shared?.forget(id);
    // Again: what was read from the shared cache before it forgot may be remembered by now.
    this.invalidate(id);
    await this.options.channel?.publish(id);
  }

  /** Forgets a tenant, its names and its API keys in this process, and everything that was not found: it may be there now. */
  invalidate(id: string): void {
    this.#loads.overtake(id);
    for (const answers of this.#all) answers.forget(id);
    this.#absent.clear();
  }

  /** Forgets everything in this process. */
  clear(): void {
    this.#loads.overtake(null);
    for (const answers of this.#all) answers.clear();
    this.#absent.clear();
  }

  get #all(): readonly TenantAnswers<unknown>[] {
    return [this.#tenants, this.#slugs, this.#domains, this.#apiKeys] as readonly TenantAnswers<unknown>[];
  }

  get #hearsOfChanges(): boolean {
    return this.options.channel?.isUp ?? true;
  }

  /** Whoever does not hear of changes does not believe the shared cache either: the same messages may have failed to reach it. */
  get #shared(): SharedTenantCache | undefined {
    return this.#hearsOfChanges ? this.options.shared : undefined;
  }

  async #bySlug(slug: string): Promise<Tenant | null> {
    const tenant = await this.#named(await this.#slugs.ask(slug), slug);
    if (tenant) return tenant;
    // The name may have passed to another tenant without a word, so it is looked up once more; a name known to be free is not.
    this.#slugs.drop(slug);
    return this.#named(await this.#slugs.ask(slug), slug);
  }

  async #named(id: string | null, slug: string): Promise<Tenant | null> {
    const tenant = id === null ? null : await this.byId(id);
    return tenant?.slug === slug ? tenant : null;
  }

  async #readTenant(id: string, load: TenantLoad): Promise<Answer<Tenant> | null> {
    const found = await this.#shared?.find(id);
    if (found && 'tenant' in found) return { tenantId: id, value: found.tenant, freshForMs: found.freshForMs };
    return this.#share(await this.source.byId(id), found?.fill, load);
  }

  async #refresh(id: string): Promise<Tenant | null> {
    this.#loads.overtake(id);
    return this.#tenants.askAgain(id, async (_, load) => {
      const right = await this.options.shared?.renew(id);
      return this.#share(await this.source.refresh(id), right, load);
    });
  }

  #share(tenant: Tenant | null, right: FillRight | null | undefined, load: TenantLoad): Answer<Tenant> | null {
    if (!tenant) return null;
    if (right && load.mayKeep(tenant.id)) this.options.shared?.keep(tenant, right);
    return { tenantId: tenant.id, value: tenant };
  }

  async #readSlug(slug: string, load: TenantLoad): Promise<Answer<string> | null> {
    const hint = await this.#shared?.idOfSlug(slug);
    const hinted = hint ? await this.#named(hint, slug) : null;
    const tenant = hinted ?? (await this.source.bySlug(slug));
    if (!tenant) return null;
    if (!hinted) this.#learn(tenant, load);
    this.#shared?.noteSlug(slug, tenant.id);
    // A slug does not age: the tenant it leads to says whether it is still its own.
    return { tenantId: tenant.id, value: tenant.id, freshForMs: Infinity };
  }

  async #readDomain(domain: string, load: TenantLoad): Promise<Answer<string> | null> {
    const tenant = await this.source.byDomain(domain);
    if (!tenant) return null;
    this.#learn(tenant, load);
    return { tenantId: tenant.id, value: tenant.id };
  }

  async #readApiKey(hash: string): Promise<Answer<ApiKeyCredential> | null> {
    const credential = await this.source.apiKey(hash);
    return credential && { tenantId: credential.tenantId, value: Object.freeze({ ...credential }) };
  }

  #learn(tenant: Tenant, load: TenantLoad): void {
    if (load.mayKeep(tenant.id)) this.#tenants.keep(tenant.id, { tenantId: tenant.id, value: tenant });
  }
}
