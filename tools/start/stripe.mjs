import { startStandIn } from './stand-in.mjs';

/**
 * Starts the Stripe stand-in and answers where it is. With `webhook`, notices go there, and what it knows survives a restart as
 * the tenants do; without, it forgets.
 * @param {import('./children.mjs').Children} children @param {string} dataDir
 * @param {{ port: number, secrets: import('./settings.mjs').Settings, webhook: { url: string, host: string } | undefined }} options
 * @returns {Promise<{ url: string }>}
 */
export function startStripe(children, dataDir, { port, secrets, webhook }) {
  const args = ['--port', String(port)];
  if (webhook) args.push('--webhook', webhook.url, '--webhook-host', webhook.host);
  else args.push('--forget');
  return startStandIn(children, { dataDir, name: 'stripe', title: 'The Stripe stand-in', args, env: secrets });
}
