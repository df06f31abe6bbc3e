/** A machine credential as the catalog knows it; what it may is said at `MachinePrincipal`. */
export interface ApiKeyCredential {
  readonly id: string;
  readonly tenantId: string;
  readonly permissions: readonly string[] | null;
  readonly createdBy: string | null;
}

/** Which machine credentials there are. A key is known by the SHA-256 of its text, in hex; a revoked one is not known. */
export interface CredentialDirectory {
  apiKey(hash: string): Promise<ApiKeyCredential | null>;
}
