import { startStandIn } from './stand-in.mjs';

/**
 * Starts the Stripe stand-in and answers where it is. With `webhook`, notices go there; without `isFast` what it knows survives a restart.
 * @param {import('./children.mjs').Children} children @param {string} dataDir
 * @param {{ port: number, secrets: import('./settings.mjs').Settings, webhook: { url: string, host: string } | undefined, isFast: boolean }} options
 * @returns {Promise<{ url: string }>}
 */
export function startStripe(children, dataDir, { port, secrets, webhook, isFast }) {
  const args = ['--port', String(port)];
  if (webhook) args.push('--webhook', webhook.url, '--webhook-host', webhook.host);
  if (isFast) args.push('--forget');
  return startStandIn(children, { dataDir, name: 'stripe', title: 'The Stripe stand-in', args, env: secrets });
}
