import { ClientSecretCredential, type ClientSecretCredentialOptions, DefaultAzureCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { SharedTokenCredential } from './shared-token.credential.js';

type ClientOptions = Pick<ClientSecretCredentialOptions, 'additionalPolicies' | 'retryOptions' | 'tlsOptions'>;

/** Where the vault is and who asks it. Without `clientSecret` the surroundings say who (workload identity, managed identity). */
export interface KeyVaultOptions {
  readonly vaultUrl: string;
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly authorityHost?: string | undefined;
  /** The vault is a stand-in on this machine: its name does not end in the vendor's, which is otherwise checked before a token is sent. */
  readonly local: boolean;
  /** Certificate authorities (PEM) to trust in place of the system's. */
  readonly ca?: string | undefined;
}

/** A client that gives up early, for reads that a request waits for, and a patient one for everything else. */
export interface VaultClients {
  readonly reader: SecretClient;
  readonly writer: SecretClient;
}

export function openVaultClients(options: KeyVaultOptions): VaultClients {
  const { vaultUrl, local, ca } = options;
  const credential = new SharedTokenCredential(openCredential(options));
  const patience = (timeout: number, maxRetries: number, retryDelayInMs: number): ClientOptions =>
    limits(timeout, maxRetries, retryDelayInMs, ca);
  return {
    reader: new SecretClient(vaultUrl, credential, { disableChallengeResourceVerification: local, ...patience(1_200, 1, 50) }),
    writer: new SecretClient(vaultUrl, credential, { disableChallengeResourceVerification: local, ...patience(5_000, 4, 200) }),
  };
}

function openCredential({
  tenantId = '',
  clientId = '',
  clientSecret,
  authorityHost,
  local,
  ca,
}: KeyVaultOptions): ClientSecretCredential | DefaultAzureCredential {
  const common = { ...limits(3_000, 1, 100, ca), ...(authorityHost && { authorityHost }), disableInstanceDiscovery: local };
  if (clientSecret) return new ClientSecretCredential(tenantId, clientId, clientSecret, common);
  return new DefaultAzureCredential({ ...common, ...(tenantId && { tenantId }), ...(clientId && { managedIdentityClientId: clientId }) });
}

function limits(timeout: number, maxRetries: number, retryDelayInMs: number, ca: string | undefined): ClientOptions {
  const policy: NonNullable<ClientOptions['additionalPolicies']>[number]['policy'] = {
    name: 'requestTimeout',
    // Neither the token's requests nor the later pages of a list take a timeout as an argument: without this they wait for ever.
    sendRequest: (request, next) => {
      request.timeout = timeout;
      return next(request);
    },
  };
  return {
    additionalPolicies: [{ policy, position: 'perRetry' }],
    retryOptions: { maxRetries, retryDelayInMs, maxRetryDelayInMs: 2_000 },
    ...(ca && { tlsOptions: { ca } }),
  };
}
