/** What billing has done by the platform, by name and steps: kept in the database, so the names never change. */
export const BILLING_WORKS = {
  sync: { name: 'billing.sync-customer', steps: [{ name: 'find' }, { name: 'fetch' }, { name: 'follow' }] },
  goOn: { name: 'billing.go-on', steps: [{ name: 'withdraw' }, { name: 'fetch' }] },
  progress: { name: 'billing.progress-grace', steps: [{ name: 'settle' }, { name: 'match' }] },
  reconcile: { name: 'billing.reconcile', steps: [{ name: 'compare' }, { name: 'trim' }] },
  tell: { name: 'billing.tell-admin', steps: [{ name: 'send' }] },
  usage: { name: 'billing.report-usage', steps: [{ name: 'report' }] },
} as const;
