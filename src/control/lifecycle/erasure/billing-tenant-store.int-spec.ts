import { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import { BillingTenantStore } from '#control/lifecycle/erasure/billing-tenant-store.js';
import { ErasureStage } from '#testing/lifecycle/erasure-stage.js';

let stage: ErasureStage;
beforeAll(async () => {
  stage = await ErasureStage.open();
});
afterAll(() => stage.close());

describe('the customers of an erased tenant', () => {
  it('are those on record for it, whatever the provider says of them, and never one on record for somebody else', async () => {
    const { acme, globex } = await stage.tests.pair('row');
    const accounts = new BillingAccounts(stage.tests.platform.catalog);
    const { billing } = stage;
    const customer = (id: string, tenantId: string | null) => ({ id, tenantId, createdAt: new Date(), deleted: false });
    const [mine, second, theirs, stranger] = ['mine', 'second', 'theirs', 'stranger'].map((name) => `cus_${name}_${acme.slug}`);
    await accounts.remember(acme.id, mine!);
    await accounts.remember(globex.id, theirs!);
    billing.customers.push(customer(mine!, globex.id), customer(second!, acme.id), customer(theirs!, acme.id), customer(stranger!, null));
    const store = new BillingTenantStore(billing, accounts);
    expect(await store.search(acme)).toEqual([{ kind: 'customers', count: 2 }]);
    await store.erase(acme);
    expect(billing.customers.filter(({ deleted }) => deleted).map(({ id }) => id)).toEqual([mine, second]);
    expect(await store.search(acme)).toEqual([]);
  });
});
