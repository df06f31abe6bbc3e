import { parseArgs } from 'node:util';
import { S3StandIn } from './s3-stand-in.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    bucket: { type: 'string', default: 'tenantry' },
    region: { type: 'string', default: 'us-east-1' },
    key: { type: 'string', default: 'stand-in' },
  },
});
const port = Number(values.port);
// From the environment: every user of a machine can read a program's arguments.
const secretAccessKey = process.env['S3_SECRET_ACCESS_KEY'];
if (!secretAccessKey || !values.port || !Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(
    'Usage: S3_SECRET_ACCESS_KEY=<secret> server.js --port <0-65535> [--host 127.0.0.1] [--bucket tenantry] [--region us-east-1] [--key stand-in]',
  );
  process.exit(2);
}
const { host, region, bucket, key: accessKeyId } = values;
const standIn = await S3StandIn.start({ port, host, region, buckets: [bucket], accessKeyId, secretAccessKey });
console.log(`S3 stand-in at ${standIn.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void standIn.stop().then(() => process.exit(0)));
}
