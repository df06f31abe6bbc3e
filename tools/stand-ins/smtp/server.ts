import { parseArgs } from 'node:util';
import { SmtpStandIn } from './smtp-stand-in.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'control-port': { type: 'string' },
    data: { type: 'string' },
    mail: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});
const [port, controlPort] = [portOf(values.port), portOf(values['control-port'])];
if (!values.data || !values.mail || port === undefined || controlPort === undefined) {
  console.error('Usage: server.js --port <0-65535> --control-port <0-65535> --data <folder> --mail <folder> [--host 127.0.0.1]');
  process.exit(2);
}
const standIn = await SmtpStandIn.start({ port, controlPort, data: values.data, mail: values.mail, host: values.host });
console.log(`SMTP stand-in at ${standIn.access.smtpUrl}, its switches at ${standIn.access.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void standIn.stop().then(() => process.exit(0)));
}

function portOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}
