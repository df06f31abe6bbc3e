/** Which machine credentials there are. A key is known by the SHA-256 of its text, in hex; a revoked one is not known. */
export interface CredentialDirectory {
  apiKey(hash: string): Promise<{ readonly id: string; readonly tenantId: string } | null>;
}
