/** A right given or taken by itself, beside what roles say. */
export interface StandingOverride {
  readonly holder: 'role' | 'member' | 'machine';
  readonly permission: string;
  readonly effect: 'allow' | 'deny';
  /** Null: whatever the permission is asked for. */
  readonly kind: string | null;
  /** Null: every one of the kind. */
  readonly id: string | null;
  /** In milliseconds; from this very moment on it does not count. Null: it does not end. */
  readonly expiresAt: number | null;
}

/** A sign-in that was not ended by anybody; times in milliseconds. */
export interface SessionStanding {
  readonly authenticatedAt: number;
  readonly endsAt: number;
}

/** Everything about somebody that a decision depends on. */
export interface Standing {
  readonly kind: 'member' | 'machine';
  /** Of a machine: whether who made it is; that of an operator is always. */
  readonly isActive: boolean;
  /** Null when it was ended, never was, or there is none because it is a machine. */
  readonly session: SessionStanding | null;
  /** The place in SYSTEM_ROLES of the highest system role, by whatever way; -1 without any. */
  readonly rank: number;
  /** What roles of the tenant's own add, parents included. */
  readonly granted: ReadonlySet<string>;
  /** Those that concern this one; some may be over. */
  readonly overrides: readonly StandingOverride[];
  /** What a key was made for, at most; null: no such limit. */
  readonly keyPermissions: readonly string[] | null;
}
