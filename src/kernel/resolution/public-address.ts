/** How callers reach this platform. */
export interface PublicPlace {
  readonly scheme: 'http' | 'https';
  readonly baseDomain: string;
  /** The port callers see. */
  readonly port: number;
}

/** Writes addresses for mails and for callers elsewhere. */
export class PublicAddress {
  constructor(private readonly place: PublicPlace) {}

  /** The page at `path` under the tenant's own name, with this query. */
  ofTenant(slug: string, path: `/${string}`, query: Readonly<Record<string, string>> = {}): string {
    return this.#at(`${slug}.${this.place.baseDomain}`, path, query);
  }

  /** The same under the platform's own name. */
  ofPlatform(path: `/${string}`, query: Readonly<Record<string, string>> = {}): string {
    return this.#at(this.place.baseDomain, path, query);
  }

  #at(host: string, path: string, query: Readonly<Record<string, string>>): string {
    const { scheme, port } = this.place;
    const url = new URL(path, `${scheme}://${host}:${port}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }
}
