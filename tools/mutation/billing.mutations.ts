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

const SPECS = 'src/control/billing/specs';
const SYNC = { file: 'src/control/billing/billing-sync.ts', specs: [`${SPECS}/billing-sync.int-spec.ts`] };
const BOOK = { file: 'src/catalog/billing/billing-book.ts', specs: [`${SPECS}/billing-sync.int-spec.ts`] };
const INBOX = { file: 'src/catalog/billing/notice-inbox.ts', specs: [`${SPECS}/stripe-webhook.int-spec.ts`] };
const WEBHOOK = { file: 'src/control/billing/doors/stripe-webhook.controller.ts', specs: [`${SPECS}/stripe-webhook.int-spec.ts`] };
const STANDING = { file: 'src/control/billing/billing-standing.ts', specs: ['src/control/billing/billing-standing.spec.ts'] };
const OWING = { file: 'src/control/billing/owing-notices.ts', specs: [`${SPECS}/owing-tenants.int-spec.ts`] };
const FOLLOWER = { file: 'src/control/billing/billing-follower.ts', specs: [`${SPECS}/owing-tenants.int-spec.ts`] };
const PAY = { file: 'src/control/billing/pay-links.ts', specs: [`${SPECS}/owing-tenants.int-spec.ts`] };
const DOORS = { file: 'src/control/billing/billing.service.ts', specs: [`${SPECS}/billing-doors.int-spec.ts`] };
const METERS = { file: 'src/workspace/usage/meters.ts', specs: [`${SPECS}/usage.int-spec.ts`] };
const MEMBERS = { file: 'src/workspace/members/users/member-room.ts', specs: [`${SPECS}/usage.int-spec.ts`] };
const REPORTER = { file: 'src/control/billing/usage/usage-reporter.ts', specs: [`${SPECS}/usage.int-spec.ts`] };
const RECONCILER = { file: 'src/control/billing/billing-reconciler.ts', specs: [`${SPECS}/billing-oracle.int-spec.ts`] };

const SUBSCRIPTION_LIST = { file: 'src/catalog/billing/subscriptions.ts', specs: [`${SPECS}/owing-tenants.int-spec.ts`] };
const LIFECYCLE = { file: 'src/catalog/lifecycle/lifecycle-book.ts', specs: [`${SPECS}/owing-tenants.int-spec.ts`] };

const PAYING = { file: 'src/control/billing/billing-customers.ts', specs: [`${SPECS}/billing-doors.int-spec.ts`] };
const PLAN_DOOR = { file: 'src/control/billing/doors/billing.controller.ts', specs: [`${SPECS}/billing-doors.int-spec.ts`] };

/** What tenants may follows from what the provider has now, in turns, and from the platform's clock. */
const WHAT_FOLLOWS: readonly Mutation[] = [
  {
    ...LIFECYCLE,
    name: 'billing: whoever is cancelled is not charged for another period',
    find: '      await this.#ofCustomer(em, id, this.parts.plans.followBilling);\n',
    replace: '',
  },
  {
    ...LIFECYCLE,
    name: 'billing: the subscription of one that is brought back goes on',
    find: '      await this.#ofCustomer(em, id, this.parts.plans.goOnBilling);\n',
    replace: '',
  },
  {
    ...PAYING,
    name: 'billing: a customer that was deleted at the provider is made anew',
    find: ' && (await this.#isStanding(known))',
    replace: '',
  },
  {
    ...NOTICES,
    name: 'billing: a notice that cannot be kept is refused',
    find: '!notice || !Kept.safeParse(notice).success',
    replace: '!notice',
  },
  {
    ...PAGES,
    name: 'billing: two pages that are opened at once are two',
    find: '${randomUUID()}',
    replace: '${this.parts.clock.now().getTime()}',
  },
  {
    ...PLAN_DOOR,
    name: 'billing: no transaction waits for the provider',
    find: "'billing.preview-outdated'],\n",
    replace: "'billing.preview-outdated'],\n    isRepeatable: true,\n",
  },
  {
    ...SUBSCRIPTION_LIST,
    name: 'billing: a cancellation that did not reach the provider is seen to again',
    find: "case when t.status = 'cancelled' then s.status not in ('canceled', 'incomplete_expired') and not s.cancel_at_period_end",
    replace: "case when t.status = 'cancelled' then false",
  },
  {
    ...BOOK,
    name: 'billing: one at a time looks at a customer',
    find: "await em.execute(`select pg_advisory_xact_lock(hashtextextended('tenantry.billing:' || ?, 7413))`, [customerId]);",
    replace: '',
  },
  {
    ...SYNC,
    name: 'billing: the provider is asked inside the turn and not before',
    find: 'const found = chosenSubscription(await withinTime(provider.subscriptionsOf(customerId)));',
    replace: 'const found = null;',
  },
  {
    ...SYNC,
    name: 'billing: a first payment that has not come gives no plan',
    find: "record.plan !== null && !['incomplete', 'incomplete_expired', 'canceled'].includes(record.status)",
    replace: 'record.plan !== null',
  },
  {
    ...SYNC,
    name: 'billing: whose customer it is by its metadata is told',
    find: 'stranger !== tenant.id && before?.',
    replace: 'false && before?.',
  },
  {
    ...INBOX,
    name: 'billing: a notice is kept once',
    find: 'if (!(await added(em, notice, receivedAt, wish === null))) return { isNew: false, work: null };',
    replace: 'await added(em, notice, receivedAt, wish === null);',
  },
  {
    ...WEBHOOK,
    name: 'billing: a notice has a size',
    find: 'if (size > AT_MOST_BYTES) throw new NoticeTooLargeError(AT_MOST_BYTES);',
    replace: '',
  },
  {
    ...STANDING,
    name: 'billing: a grace is over',
    find: 'return now.getTime() - since.getTime() >= days * DAY_MS;',
    replace: 'return false;',
  },
  {
    ...STANDING,
    name: 'billing: a repeated failure begins no new grace',
    find: "pastDueSince: pastDueSince ?? (status === 'past_due' ? now : null),",
    replace: "pastDueSince: status === 'past_due' ? now : pastDueSince,",
  },
  {
    ...OWING,
    name: 'billing: nobody is written the same twice',
    find: 'OWING_NOTICES.indexOf(notice) >',
    replace: 'OWING_NOTICES.indexOf(notice) >=',
  },
  {
    ...FOLLOWER,
    name: 'billing: what was suspended for money is whole again',
    find: "if (to === 'active' && from !== null)",
    replace: 'if (false)',
  },
  {
    ...FOLLOWER,
    name: 'billing: what was suspended and cancelled meanwhile is whole again too',
    find: "if (to === 'active' && from !== null)",
    replace: "if (to === 'active' && from === 'suspended')",
  },
  {
    ...SYNC,
    name: 'billing: a provider that never had the customer changes nothing',
    find: 'if (!found && !(await',
    replace: 'if (false && !(await',
  },
  {
    ...SYNC,
    name: 'billing: notices of a deleted customer are waited for by nobody',
    find: '?.deleted ?? false;',
    replace: '?.deleted && false;',
    specs: [`${SPECS}/stripe-webhook.int-spec.ts`],
  },
  {
    file: 'src/catalog/billing/usage-windows.ts',
    specs: [`${SPECS}/usage.int-spec.ts`],
    name: 'usage: what was told stays known for as long as its counter goes on',
    find: 'where reported = 0 and updated_at < ?',
    replace: 'where updated_at < ?',
  },
  {
    file: 'src/control/billing/usage/gather-usage.job.ts',
    specs: [`${SPECS}/usage.int-spec.ts`],
    name: 'usage: what is over is priced by the terms of then',
    find: 'counter.periodStart.getTime() === present ?',
    replace: 'true ?',
  },
  {
    ...FOLLOWER,
    name: 'billing: whoever left is not charged again',
    find: "await withinTime(provider.cancel({ subscriptionId: record.subscriptionId, at: 'period-end' }));",
    replace: ';',
  },
  { ...PAY, name: 'billing: a pay link is signed', find: '!isOurs || ', replace: '' },
  { ...PAY, name: 'billing: a pay link is over one day', find: ' || this.clock.now().getTime() >= Number(until)', replace: '' },
  {
    ...DOORS,
    name: 'billing: nobody chooses their own day of proration',
    find: 'if (Math.abs(now.getTime() - prorationAt.getTime()) > PREVIEW_KEPT_MS) throw new PreviewOutdatedError();',
    replace: '',
  },
  {
    ...METERS,
    name: 'usage: no more than is included',
    find: "return limit === null ? added : added.where('usage_counter.used', '<', String(limit));",
    replace: 'return added;',
  },
  {
    ...METERS,
    name: 'usage: counted with what it is for',
    find: 'transaction.beforeCommit(() => this.#add(transaction, meter, terms))',
    replace: 'transaction.afterFailure(() => this.#add(transaction, meter, terms))',
  },
  { ...MEMBERS, name: 'members: no more than the plan has room for', find: '> members) throw', replace: '> 10_000) throw' },
  {
    ...REPORTER,
    name: 'usage: what is told again has the same name',
    find: '${seconds(hour)}`.slice(0, 100)',
    replace: '${String(Math.random())}`.slice(0, 100)',
  },
  { ...RECONCILER, name: 'billing: what differs is found', find: 'if (!this.#differs(', replace: 'if (this.#differs(' },
];

/** Money is asked for once, and who tells of it is believed only with a fresh signature. */
export const BILLING_MUTATIONS: readonly Mutation[] = [
  ...WHAT_FOLLOWS,
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
    find: 'const count = changesOf(found) + 1;',
    replace: 'const count = 1;',
  },
  { ...CHANGES, name: 'billing: what was shown is what is charged', find: 'proration_date: secondsOf(prorationAt),', replace: '' },
  {
    ...CHANGES,
    name: 'billing: an upgrade drops what was planned',
    find: 'await this.parts.schedules.release(subscriptionId);\n    return this.change(subscriptionId, (subscription) => {',
    replace: 'return this.change(subscriptionId, (subscription) => {',
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
