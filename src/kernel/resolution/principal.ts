/** Who acts: a machine with an API key, or a member with an access token; always of one tenant. */
export type Principal =
  | { readonly kind: 'machine'; readonly id: string; readonly tenantId: string }
  | { readonly kind: 'member'; readonly id: string; readonly tenantId: string; readonly sessionId: string | null };
