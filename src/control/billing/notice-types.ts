/** What a notice must be about for a customer to be looked at; others are kept and nothing more. */
const CAUSES: ReadonlySet<string> = new Set([
  ...['completed', 'async_payment_succeeded', 'async_payment_failed', 'expired'].map((what) => `checkout.session.${what}`),
  ...['created', 'updated', 'deleted'].map((what) => `customer.${what}`),
  ...['created', 'updated', 'deleted', 'paused', 'resumed', 'pending_update_applied', 'pending_update_expired', 'trial_will_end'].map(
    (what) => `customer.subscription.${what}`,
  ),
  ...['created', 'finalized', 'finalization_failed', 'paid', 'payment_succeeded', 'payment_failed', 'payment_action_required'].map(
    (what) => `invoice.${what}`,
  ),
  ...['upcoming', 'overdue', 'marked_uncollectible', 'voided'].map((what) => `invoice.${what}`),
  'entitlements.active_entitlement_summary.updated',
  ...['updated', 'released', 'completed', 'canceled'].map((what) => `subscription_schedule.${what}`),
  ...['charge.dispute.created', 'charge.refunded', 'payment_method.automatically_updated'],
]);

/** Whether a notice of this type may mean that a customer has something else than before. */
export function causesSync(type: string): boolean {
  return CAUSES.has(type);
}
