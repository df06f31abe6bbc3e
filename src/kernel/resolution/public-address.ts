/** How callers reach this platform. */
export interface PublicPlace {
  readonly scheme: 'http' | 'https';
  readonly baseDomain: string;
  /** The port callers see. */
  readonly port: number;
}

type Query = Readonly<Record<string, string>>;

/** Writes addresses of tenants, of the operators' host and of the platform's own, for mails and for callers elsewhere. */
export class PublicAddress {
  constructor(private readonly place: PublicPlace) {}

  /** The page at `path` under the tenant's own name, with this query. */
  ofTenant(slug: string, path: `/${string}`, query: Query = {}): string {
    return this.#at(`${slug}.`, path, query);
  }

  /** The page at `path` of the operators' host, with this query. */
  ofOperators(path: `/${string}`, query: Query = {}): string {
    return this.#at('admin.', path, query);
  }

  /** The page at `path` under the platform's own name, with this query. */
  ofPlatform(path: `/${string}`, query: Query = {}): string {
    return this.#at('', path, query);
  }

  #at(name: string, path: string, query: Query): string {
    const { scheme, baseDomain, port } = this.place;
    const url = new URL(path, `${scheme}://${name}${baseDomain}:${port}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    return url.href;
  }
}
