/** A key as the desk knows it: everything but the key. */
export interface IssuedKey {
  readonly id: string;
  readonly name: string;
  /** Null: everything that needs no person; an operator's. */
  readonly permissions: readonly string[] | null;
  /** The member whose rights bound it; null for an operator's. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
}

/** What a key is made with; it never has more, and at any time no more than who made it. */
export type KeyRights = Pick<IssuedKey, 'permissions' | 'createdBy'>;

/** Where machine credentials are made and taken back. They are kept by the platform, because they say which tenant a request is for. */
export interface ApiKeyDesk {
  /** Newest first; revoked ones are not listed. */
  list(tenantId: string): Promise<IssuedKey[]>;

  has(tenantId: string, id: string): Promise<boolean>;

  /** The key itself, this once: only its hash is kept. */
  issue(tenantId: string, name: string, rights: KeyRights): Promise<IssuedKey & { readonly key: string }>;

  /** Whether there was one; it is refused everywhere within a second. Another tenant's key is left alone. */
  revoke(tenantId: string, id: string): Promise<boolean>;
}

export const API_KEY_DESK = Symbol('ApiKeyDesk');
