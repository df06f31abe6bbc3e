import { isStandInVault } from '#main/stand-in-vault.js';

describe('isStandInVault', () => {
  it.each([
    ['https://localhost:8443', 'development', true],
    ['https://127.0.0.1:8443', 'test', true],
    ['https://tenantry.vault.azure.net.example.com', 'development', true],
    ['https://tenantry.vault.azure.net', 'development', false],
    ['https://TENANTRY.vault.azure.cn/', 'development', false],
    ['https://tenantry.vault.usgovcloudapi.net', 'test', false],
    ['https://vault.internal', 'production', false],
    ['https://tenantry.vault.azure.net', 'production', false],
  ] as const)('says of %s in %s: %s', (AZURE_KEY_VAULT_URL, NODE_ENV, isStandIn) => {
    expect(isStandInVault({ AZURE_KEY_VAULT_URL, NODE_ENV })).toBe(isStandIn);
  });
});
