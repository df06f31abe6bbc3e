/** What somebody did to the platform or to a tenant of it; who, and why, follows from the WorkOrigin. Nothing secret. */
export interface PlatformAct {
  /** `area.verb`; kept for ever, so it never changes. */
  readonly action: `${string}.${string}`;
  readonly targets: readonly { readonly type: string; readonly id: string }[];
  readonly changes?: readonly { readonly path: string; readonly old: unknown; readonly new: unknown }[];
  readonly outcome?: 'success' | 'denied' | 'failure';
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A target that is a tenant. */
export function tenantTarget(id: string): { readonly type: string; readonly id: string } {
  return { type: 'tenant', id };
}
