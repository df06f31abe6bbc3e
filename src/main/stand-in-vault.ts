import type { Config } from '#main/config.js';

const OF_AZURE = /\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)$/;

/** Whether the vault may go without the vendor's name, which is otherwise checked before a token is sent; never in production. */
export function isStandInVault({ NODE_ENV, AZURE_KEY_VAULT_URL }: Pick<Config, 'NODE_ENV' | 'AZURE_KEY_VAULT_URL'>): boolean {
  return NODE_ENV !== 'production' && !OF_AZURE.test(new URL(AZURE_KEY_VAULT_URL).hostname);
}
