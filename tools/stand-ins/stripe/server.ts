import { parseArgs } from 'node:util';
import { StripeStandIn } from './stripe-stand-in.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    data: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    webhook: { type: 'string' },
    'webhook-host': { type: 'string' },
    forget: { type: 'boolean', default: false },
  },
});
const port = Number(values.port);
// From the environment: every user of a machine can read a program's arguments.
const apiKey = process.env['STRIPE_API_KEY'];
const secret = process.env['STRIPE_WEBHOOK_SECRETS']?.split(',')[0]?.trim();
if (!apiKey || !values.data || !values.port || !Number.isInteger(port) || port < 0 || port > 65_535 || (values.webhook && !secret)) {
  console.error(
    'Usage: STRIPE_API_KEY=<key> [STRIPE_WEBHOOK_SECRETS=<secret>] server.js --port <0-65535> --data <folder> [--host 127.0.0.1] [--webhook <url> [--webhook-host <name>]] [--forget]',
  );
  process.exit(2);
}
const { webhook: url, 'webhook-host': host } = values;
const endpoints = url && secret ? [{ url, secret, ...(host && { host }), shape: 'snapshot' as const }] : [];
const standIn = await StripeStandIn.start({
  port,
  host: values.host,
  data: values.data,
  isKept: !values.forget,
  apiKey,
  webhooks: { endpoints },
});
console.log(`Stripe stand-in at ${standIn.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void standIn.stop().then(() => process.exit(0)));
}
