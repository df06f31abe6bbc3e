import { join } from 'node:path';

import { startKeyVault } from './key-vault.mjs';
import { portsFor } from './ports.mjs';
import { startPostgres } from './postgres.mjs';
import { writePrivate } from './private-file.mjs';
import { startRedis } from './redis.mjs';
import { clusters } from './regions.mjs';
import { secretsOf } from './secrets.mjs';
import { keySettings, keyVaultSettings, postgresSettings, redisSettings, stripeSettings, wantedServers } from './settings.mjs';
import { startSmtp } from './smtp.mjs';
import { startStripe } from './stripe.mjs';
import { startUnleash } from './unleash.mjs';

/**
 * Starts the embedded servers that the given settings leave wanting, and answers all settings of the processes, which are written to
 * env.json as well, and what the stand-ins for mail and for Stripe say of themselves when they were started.
 * @param {{ dataDir: string, children: import('./children.mjs').Children, home: import('./postgres-home.mjs').PostgresHome | undefined,
 *   given: import('./settings.mjs').Settings, isFast: boolean, say: (line: string) => void, isUnleashWanted?: boolean }} options
 */
export async function startServers({ dataDir, children, home, given, isFast, say, isUnleashWanted = false }) {
  const wanted = wantedServers(given);
  const secrets = secretsOf(dataDir);
  const names = ['redis', 'keyVault', 'smtp', 'smtpControl', 'stripe', ...(isUnleashWanted ? ['unleash'] : [])];
  const ports = await portsFor(dataDir, [...clusters.map(({ name }) => name), ...names]);
  /** @param {string} name */
  const port = (name) => Number(ports[name]);
  const postgres = async () =>
    home &&
    Promise.all(
      clusters.map(({ name }) =>
        startPostgres(children, home, { name, port: port(name), password: String(secrets.clusters[name]?.postgres), isFast }),
      ),
    );
  const redis = async () => wanted.redis && startRedis(children, { dataDir, port: port('redis'), password: secrets.redis, isFast }, say);
  const keyVault = async () => (wanted.keyVault ? startKeyVault(children, dataDir, port('keyVault')) : undefined);
  const mail = async () =>
    wanted.smtp ? startSmtp(children, dataDir, { port: port('smtp'), controlPort: port('smtpControl') }) : undefined;
  const stripeKeys = stripeSettings(secrets);
  const webhook = given.PORT
    ? { url: `http://127.0.0.1:${given.PORT}/webhooks/stripe`, host: `${given.BASE_DOMAIN ?? 'localhost'}:${given.PORT}` }
    : undefined;
  const billing = async () =>
    wanted.stripe ? startStripe(children, dataDir, { port: port('stripe'), secrets: stripeKeys, webhook }) : undefined;
  const [vault, smtp, stripe] = await Promise.all([keyVault(), mail(), billing(), postgres(), redis()]);
  const databases = home ? postgresSettings(dataDir, secrets, ports) : {};
  const databaseUrl = databases.CATALOG_PROVISION_URL ?? given.CATALOG_PROVISION_URL;
  const unleash =
    isUnleashWanted && databaseUrl ? await startUnleash(children, { dataDir, port: port('unleash'), databaseUrl }) : undefined;
  const settings = {
    ...keySettings(secrets),
    ...databases,
    ...(wanted.redis ? redisSettings(secrets.redis, ports.redis) : { REDIS_CACHE_URL: String(given.REDIS_URL) }),
    OBJECT_STORE_DIR: join(dataDir, 'objects'),
    FLAGS_BACKUP_DIR: join(dataDir, 'flags'),
    ...(unleash ? { UNLEASH_URL: unleash.apiUrl, UNLEASH_API_TOKEN: unleash.clientToken } : {}),
    ...(smtp ? { SMTP_URL: smtp.smtpUrl } : {}),
    ...(stripe ? { ...stripeKeys, STRIPE_API_URL: stripe.url } : {}),
    ...given,
    ...(vault ? keyVaultSettings(vault, dataDir, given.NODE_EXTRA_CA_CERTS) : {}),
  };
  writePrivate(join(dataDir, 'env.json'), JSON.stringify(settings, null, 2));
  return { settings, smtp, stripe };
}
