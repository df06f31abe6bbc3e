/** How callers reach this platform. */
export interface PublicPlace {
  readonly scheme: 'http' | 'https';
  readonly baseDomain: string;
  /** The port callers see. */
  readonly port: number;
}

type Query = Readonly<Record<string, string>>;

/** Writes addresses of tenants, and of the operators' host, for mails and for callers elsewhere. */
export class PublicAddress {
  constructor(private readonly place: PublicPlace) {}

  /** The page at `path` of the platform's public host. */
  ofPublic(path: `/${string}`): string {
    const { scheme, baseDomain, port } = this.place;
    return new URL(path, `${scheme}://${baseDomain}:${port}`).href;
  }

  /** The page at `path` under the tenant's own name, with this query. */
  ofTenant(slug: string, path: `/${string}`, query: Query = {}): string {
    return this.#at(slug, path, query);
  }

  /** The page at `path` of the operators' host, with this query. */
  ofOperators(path: `/${string}`, query: Query = {}): string {
    return this.#at('admin', path, query);
  }

  #at(name: string, path: string, query: Query): string {
    const { scheme, baseDomain, port } = this.place;
    const url = new URL(path, `${scheme}://${name}.${baseDomain}:${port}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }
}
