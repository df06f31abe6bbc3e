import type { Mutation } from './mutation.js';

const GRAMMAR = { file: 'src/kernel/resolution/host-grammar.ts', specs: ['src/kernel/resolution/host-grammar.spec.ts'] };
const SLUG = { file: 'src/kernel/resolution/slug.ts', specs: ['src/kernel/resolution/slug.spec.ts'] };
const RESOLVER = { file: 'src/kernel/resolution/tenant-resolver.ts', specs: ['src/kernel/resolution/tenant-resolver.spec.ts'] };
const HEAD = { file: 'src/main/http/request-head.ts', specs: ['src/main/http/gate.e2e-spec.ts'] };
const DIRECTORY_SPECS = ['src/kernel/tenancy/cached-tenant-directory.spec.ts'];

/** Whose a request is, and what a process remembers of tenants. */
export const RESOLUTION_MUTATIONS: readonly Mutation[] = [
  { ...SLUG, name: 'slug: nobody’s name is another’s id', find: '!isUuid(text) && ', replace: '' },
  {
    ...GRAMMAR,
    name: 'host grammar: no trailing dot',
    find: String.raw`/^(?:([A-Za-z0-9.-]{1,253})|`,
    replace: String.raw`/^(?:([A-Za-z0-9.-]{1,253}?)\.?|`,
  },
  {
    ...GRAMMAR,
    name: 'host grammar: the base domain begins at a label',
    find: 'this.#suffix = `.${baseDomain}`;',
    replace: 'this.#suffix = baseDomain;',
  },
  {
    ...GRAMMAR,
    name: 'host grammar: one label under the base domain',
    find: `if (label.includes('.')) return UNSERVED;`,
    replace: `if (label.includes('.')) return { kind: 'tenant', slug: label.slice(label.lastIndexOf('.') + 1) };`,
  },
  {
    ...GRAMMAR,
    name: 'host grammar: no encoded names',
    find: '/^(?!xn--)[a-z0-9]',
    replace: '/^[a-z0-9]',
  },
  {
    name: 'reserved names',
    file: 'src/kernel/resolution/reserved-names.ts',
    find: 'return RESERVED.has(name);',
    replace: 'return SERVED.has(name);',
    specs: ['src/kernel/resolution/host-grammar.spec.ts', 'src/kernel/resolution/slug.spec.ts'],
  },
  { ...HEAD, name: 'one Host header', find: ' || found.host.length > 1', replace: '' },
  {
    ...HEAD,
    name: 'X-Forwarded-Host from a trusted peer alone',
    find: 'return proxies.include(request.socket.remoteAddress) ? value.trim() : undefined;',
    replace: 'return value.trim();',
  },
  {
    ...RESOLVER,
    name: 'host and credential agree',
    find: 'if (named && principal.tenantId !== named.id) {',
    replace: `if (named && principal.tenantId === '') {`,
  },
  {
    ...RESOLVER,
    name: 'X-Tenant-Id agrees with the credential',
    find: 'if (header === tenant.id || header === tenant.slug) return;',
    replace: 'if (header.length > 0) return;',
  },
  {
    ...RESOLVER,
    name: 'a region serves its own tenants',
    find: 'if (this.#served && !this.#served.has(region)) throw new TenantMisdirectedError(region);',
    replace: '',
  },
  {
    name: 'two credentials are not chosen from',
    file: 'src/kernel/resolution/credential.ts',
    find: 'if (texts.size > 1) throw new AmbiguousCredentialsError();',
    replace: '',
    specs: ['src/kernel/resolution/credential.spec.ts'],
  },
  {
    name: 'status gate',
    file: 'src/kernel/tenancy/status-gate.ts',
    find: 'throw new TenantSuspendedError();',
    replace: 'return tenant;',
    specs: ['src/kernel/resolution/tenant-resolver.spec.ts', 'src/main/http/gate.e2e-spec.ts'],
  },
  {
    name: 'directory: nothing read before a change is remembered after it',
    file: 'src/kernel/tenancy/tenant-loads.ts',
    find: 'return tenantId === null ? this.#changed.size === 0 : !this.#changed.has(tenantId);',
    replace: 'return true;',
    specs: DIRECTORY_SPECS,
  },
  {
    name: 'directory: a change makes it forget what was not found',
    file: 'src/kernel/tenancy/cached-tenant-directory.ts',
    find: 'for (const answers of this.#all) answers.forget(id);\n    this.#absent.clear();',
    replace: 'for (const answers of this.#all) answers.forget(id);',
    specs: DIRECTORY_SPECS,
  },
  {
    name: 'directory: what was called out of date is not served stale',
    file: 'src/kernel/tenancy/tenant-answers.ts',
    find: 'if (this.#held.get(name) !== held || !freshness.mayServeStale(held)) return asked;',
    replace: 'if (!freshness.mayServeStale(held)) return asked;',
    specs: DIRECTORY_SPECS,
  },
];
