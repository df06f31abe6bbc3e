import type { Mutation } from './mutation.js';

const BILLING = ['src/adapters/stripe/stripe-billing.int-spec.ts'];
const NOTICES = { file: 'src/adapters/stripe/stripe-notices.ts', specs: ['src/adapters/stripe/stripe-notices.int-spec.ts'] };
const CALLS = { file: 'src/adapters/stripe/stripe-calls.ts', specs: BILLING };
const CUSTOMERS = { file: 'src/adapters/stripe/stripe-customers.ts', specs: BILLING };
const SUBSCRIPTIONS = { file: 'src/adapters/stripe/stripe-subscriptions.ts', specs: BILLING };
const CHANGES = { file: 'src/adapters/stripe/stripe-changes.ts', specs: BILLING };
const SCHEDULES = { file: 'src/adapters/stripe/stripe-schedules.ts', specs: BILLING };
const PAGES = { file: 'src/adapters/stripe/stripe-pages.ts', specs: BILLING };
const FAILURES = { file: 'src/adapters/stripe/stripe-failure.ts', specs: BILLING };

/** Money is asked for once, and who tells of it is believed only with a fresh signature. */
export const BILLING_MUTATIONS: readonly Mutation[] = [
  {
    ...NOTICES,
    name: 'billing: a notice is signed',
    find: '!secrets.some((secret) => isSigned(rawBody, header, secret))',
    replace: 'secrets.length === 0',
  },
  { ...NOTICES, name: 'billing: a notice is not of long ago', find: 'Math.abs(age) <= TOLERANCE_SECONDS', replace: 'age <= 3_600' },
  {
    ...NOTICES,
    name: 'billing: a notice is not of the future',
    find: 'Math.abs(age) <= TOLERANCE_SECONDS',
    replace: 'age <= TOLERANCE_SECONDS',
  },
  { ...NOTICES, name: 'billing: the second secret counts too', find: 'secrets.some(', replace: 'secrets.slice(0, 1).some(' },
  { ...CALLS, name: 'billing: a failure is sent anew under another key', find: '`${key}:${generation}`', replace: '`${key}:1`' },
  {
    ...CALLS,
    name: 'billing: the state is read before anything is sent anew',
    find: 'const found = await seen();\n        if (found !== undefined) return found;',
    replace: '',
  },
  {
    ...CALLS,
    name: 'billing: what a key remembers may be gone',
    find: 'isRemembered(answer) ? await seen(answer) : answer',
    replace: 'answer',
  },
  {
    ...CALLS,
    name: 'billing: a list is read to its end',
    find: '!page.has_more || page.data.length === 0',
    replace: 'page.data.length > 0',
  },
  {
    ...CALLS,
    name: 'billing: a wait that is asked for is kept',
    find: 'seconds === undefined || seconds > LONGEST_WAIT_SECONDS',
    replace: 'seconds !== undefined || waits === WAITS',
  },
  { ...CALLS, name: 'billing: a long wait is left to the caller', find: 'seconds > LONGEST_WAIT_SECONDS || ', replace: '' },
  {
    ...CUSTOMERS,
    name: 'billing: the customer of another tenant is not taken',
    find: "if (each.metadata['tenant_id'] === tenantId) found.push(each);",
    replace: 'found.push(each);',
  },
  {
    ...CUSTOMERS,
    name: 'billing: a customer is found while the search is behind',
    find: 'stripe.customers.list({ ...from, email })',
    replace: "stripe.customers.list({ ...from, email: '' })",
  },
  { ...SUBSCRIPTIONS, name: 'billing: one live subscription', find: 'if (live) return live;', replace: '' },
  {
    ...SUBSCRIPTIONS,
    name: 'billing: one live subscription of several begun at once',
    find: '`subscription:${customerId}:${before.length + 1}`',
    replace: '`subscription:${customerId}:${wanted.priceKey}:${before.length + 1}`',
  },
  {
    ...SUBSCRIPTIONS,
    name: 'billing: who cannot pay gets no subscription',
    find: ", payment_behavior: 'error_if_incomplete'",
    replace: '',
  },
  {
    ...CHANGES,
    name: 'billing: an upgrade that is not paid changes nothing',
    find: "{ payment_behavior: 'error_if_incomplete' }",
    replace: '{}',
  },
  {
    ...CHANGES,
    name: 'billing: the same change again is another when something lay between',
    find: '`change:${id}:${count}`',
    replace: '`change:${id}:${JSON.stringify(params)}`',
  },
  { ...CHANGES, name: 'billing: what was shown is what is charged', find: 'proration_date: secondsOf(prorationAt),', replace: '' },
  {
    ...CHANGES,
    name: 'billing: an upgrade drops what was planned',
    find: 'await this.parts.schedules.release(subscriptionId);\n    return this.change(subscriptionId, (subscription) => {',
    replace: 'return this.change(subscriptionId, (subscription) => {',
  },
  {
    ...SCHEDULES,
    name: 'billing: a schedule that was let go of is not taken for the new one',
    find: '`schedule:${id}:${before + 1}`',
    replace: '`schedule:${id}`',
  },
  { ...SCHEDULES, name: 'billing: a planned trial stays a trial', find: 'end_date: end,', replace: 'end_date: end - 86_400,' },
  { ...PAGES, name: 'billing: the open page of checkout is given again', find: 'if (open) return pageOf(open);', replace: '' },
  {
    ...PAGES,
    name: 'billing: another open page is closed',
    find: "for (const other of made.filter(({ status }) => status === 'open')) await this.expire(other);",
    replace: '',
  },
  {
    ...PAGES,
    name: 'billing: who has a subscription gets no second one by checkout',
    find: 'return live ? this.changePage(wanted, live) : this.checkoutPage(wanted);',
    replace: "return live && wanted.priceKey === '' ? this.changePage(wanted, live) : this.checkoutPage(wanted);",
  },
  {
    ...FAILURES,
    name: 'billing: the words of Stripe stay behind',
    find: "new BillingUnavailableError('the key is not accepted')",
    replace: 'new BillingUnavailableError(error.message)',
  },
];
