import { parseArgs } from 'node:util';
import { KeyVaultStandIn } from './key-vault-stand-in.js';

const { values } = parseArgs({
  options: { port: { type: 'string' }, data: { type: 'string' }, host: { type: 'string', default: '127.0.0.1' } },
});
const port = Number(values.port);
if (!values.data || !values.port || !Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error('Usage: server.js --port <0-65535> --data <folder> [--host 127.0.0.1]');
  process.exit(2);
}
const standIn = await KeyVaultStandIn.start({ port, data: values.data, host: values.host });
console.log(`Key Vault stand-in at ${standIn.access.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void standIn.stop().then(() => process.exit(0)));
}
