import { z } from 'zod';
import { AppError } from '#kernel/errors/app-error.js';
import { passwordOf } from '#main/password-of.js';

const List = z
  .string()
  .transform((value) => value.split(',').map((item) => item.trim()))
  .pipe(z.array(z.string().min(1)));
const Room = z.coerce.number().int().min(0).max(100);
const Count = z.coerce.number().int().positive();
const Url = (scheme: RegExp) => z.string().regex(scheme, { error: 'is not an address of the right kind' });

const MasterKeys = z
  .string()
  .transform((value) => value.split(',').map((pair) => pair.split(':')))
  .pipe(z.array(z.tuple([z.string().regex(/^[a-z0-9]{1,16}$/), z.base64url().length(43)])).min(1))
  .transform((pairs) => pairs.map(([id, key]) => ({ id, key: Buffer.from(key, 'base64url') })));

/** Every setting there is; the README's table is printed from it. */
export const ConfigSchema = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('`production` refuses stand-ins and weak secrets.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('The one HTTP port.'),
  HOST: z.string().default('127.0.0.1').describe('The address the port is opened on.'),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).optional().describe('A listener of its own for `/metrics`; none when unset.'),
  BASE_DOMAIN: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
    .default('localhost')
    .describe('Tenants live at `<slug>.<BASE_DOMAIN>`, operators at `admin.<BASE_DOMAIN>`.'),
  PUBLIC_SCHEME: z
    .enum(['http', 'https'])
    .optional()
    .describe('How callers reach the hosts: `https` in production, else `http`, when unset.'),
  PUBLIC_PORT: z.coerce.number().int().min(0).max(65_535).optional().describe('The port callers see; PORT when unset.'),
  CATALOG_DATABASE_URL: Url(/^postgres(ql)?:\/\//).describe("The platform's own database."),
  CATALOG_PROVISION_URL: Url(/^postgres(ql)?:\/\//)
    .optional()
    .describe("A superuser on the catalog's server; only for `up`."),
  CLUSTERS: z
    .string()
    .describe(
      'The file (YAML or JSON) that lists the clusters; `provisioning/clusters.example.yaml` shows it. The api needs `appUrl` (and `migratorUrl` for `GET /api/platform/jobs`, else the cluster is `unseen`), a worker `migratorUrl` too, `up` and the command line all three.',
    ),
  PLANS: z.string().optional().describe('The file (YAML) of what can be bought; `provisioning/plans.yaml` when unset.'),
  REDIS_URL: Url(/^rediss?:\/\//).describe(
    'The queue of jobs and its doorbell, rate limits, lockout, replayed refreshes, live streams, connection budgets and invalidation; persistent, never evicting.',
  ),
  REDIS_CACHE_URL: Url(/^rediss?:\/\//).describe('The shared tenant cache; may evict.'),
  SERVED_REGIONS: List.optional().describe('Regions this process serves, comma-separated; all when unset. Others get 421.'),
  TRUSTED_PROXIES: List.default([]).describe('CIDRs of proxies whose X-Forwarded-Host and X-Forwarded-For count.'),
  AZURE_KEY_VAULT_URL: Url(/^https:\/\//).describe('Where connection strings of databases of tenants’ own are kept.'),
  AZURE_TENANT_ID: z.string().optional().describe('With the next two: a client secret credential; without: the default Azure credential.'),
  AZURE_CLIENT_ID: z.string().optional().describe('See AZURE_TENANT_ID.'),
  AZURE_CLIENT_SECRET: z.string().optional().describe('See AZURE_TENANT_ID.'),
  AZURE_AUTHORITY_HOST: Url(/^https:\/\//)
    .optional()
    .describe('Where tokens come from, when it is not the public Azure.'),
  STRIPE_API_KEY: z.string().min(16).describe('The secret key of the account that takes the money.'),
  STRIPE_WEBHOOK_SECRETS: List.pipe(z.array(z.string().min(16)).max(2)).describe(
    'What notices at `/webhooks/stripe` are signed with: one, or two while one is being replaced, comma-separated.',
  ),
  STRIPE_API_URL: Url(/^https?:\/\//)
    .optional()
    .describe("Where the API is, when it is not Stripe's own."),
  UNLEASH_URL: Url(/^https?:\/\//)
    .optional()
    .describe(
      'The API of an Unleash server, like `https://unleash.example.com/api`; unset, flags are what `provisioning/flags.json` says.',
    ),
  UNLEASH_API_TOKEN: z.string().optional().describe('A backend token of UNLEASH_URL, for one of its environments.'),
  UNLEASH_APP_NAME: z.string().default('tenantry').describe('What this product is called at UNLEASH_URL.'),
  FLAGS_BACKUP_DIR: z.string().default('.data/flags').describe('The folder where what was last heard of UNLEASH_URL outlives the process.'),
  SMTP_URL: Url(/^smtps?:\/\//).describe(
    'The mail server: `smtps://` speaks TLS at once, `smtp://` by STARTTLS, without which production sends nothing.',
  ),
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\p{Cc}]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u, { error: 'is not a sender like `Name <name@domain>`' })
    .optional()
    .describe('The sender of every mail; `Tenantry <no-reply@BASE_DOMAIN>` when unset.'),
  OBJECT_STORE_DIR: z.string().default('.data/objects').describe('The folder of files that tenants attach, when there is no S3_BUCKET.'),
  S3_BUCKET: z.string().optional().describe('The bucket of files that tenants attach; given, S3 is used.'),
  S3_ENDPOINT: Url(/^https?:\/\//)
    .optional()
    .describe('Where the bucket is, when it is not at Amazon.'),
  S3_REGION: z.string().optional().describe('The region of the bucket.'),
  S3_ACCESS_KEY_ID: z.string().optional().describe("With the next one: a key of one's own; without: what the machine is given."),
  S3_SECRET_ACCESS_KEY: z.string().optional().describe('See S3_ACCESS_KEY_ID.'),
  CAPABILITY_KEYS: MasterKeys.describe(
    '`id:key[,id:key]`, each key 256 bits in base64url; the first is in use, the others are being rotated.',
  ),
  ACCESS_TOKEN_KEYS: z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(z.object({ keys: z.array(z.looseObject({ kty: z.literal('EC'), crv: z.literal('P-256'), kid: z.string() })).min(1) }))
    .describe('ES256 keys of access tokens, as a JWK set.'),
  SIGNING_KEYS: MasterKeys.describe(
    'Keys from which those of page cursors, anti-forgery tokens, one-time links, audit anchors and exports, kept idempotent answers, refresh successors and lockout counters are derived; the first is in use.',
  ),
  OPERATOR_TOKEN: z.string().min(32).describe('The bearer token of the operators’ host.'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info').describe('How much is logged.'),
  STATEMENT_DEADLINE_MS: Count.default(1_800).describe(
    'How long one statement may take in all, from waiting for a connection to its answer.',
  ),
  CONNECT_TIMEOUT_MS: Count.default(1_200).describe('How long opening a connection may take.'),
  TRANSACTION_TIMEOUT_MS: Count.default(30_000).describe('How long a transaction may stay open.'),
  CONNECTIONS_PER_SERVER: Count.default(32).describe('Connections of all processes together to one PostgreSQL server.'),
  CONNECTIONS_PER_CLUSTER_POOL: Count.default(16).describe('Connections of this process to one shared database.'),
  CONNECTIONS_PER_DATABASE_POOL: Count.default(4).describe('Connections of this process to one database of a tenant’s own.'),
  CONNECTIONS_PER_TENANT: Count.default(4).describe('Connections one tenant may hold at once in this process.'),
  WAITING_PER_TENANT: Count.default(256).describe('Statements of one tenant that may wait for a connection; more get 503.'),
  TENANT_CACHE_TTL_SECONDS: Count.default(30).describe(
    'How stale a cached tenant may be when an invalidation is lost; the fence catches what is older.',
  ),
  WORKER_CONCURRENCY: Count.default(8).describe('How many jobs this process runs at once.'),
  RETENTION_DAYS: Count.default(90).describe('How many days the data of a cancelled tenant is kept before it is erased.'),
  WORKER_ROLES: z
    .string()
    .default('tenants,platform')
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(['tenants', 'platform'])).min(1))
    .describe(
      'What a worker does: the jobs of `tenants`, and what the `platform` does with them (sign-up, billing, erasure), for which CLUSTERS must hold `provisionUrl`.',
    ),
  SIGNUPS_PER_MINUTE: Count.default(60).describe(
    'How many sign-ups one network (an IPv4 address, the first half of an IPv6 one) may ask for in a minute; it may look what became of them twenty times as often.',
  ),
  WARM_SCHEMAS: Room.default(4).describe('How many schemas each cluster keeps ready for those who sign up next.'),
  WARM_DATABASES: Room.default(2).describe('How many databases, with their logins and secrets, each cluster keeps ready.'),
  SWEEP_SECONDS: Count.default(5).describe('How often a worker looks for work whose doorbell was lost.'),
});

type Settings = z.infer<typeof ConfigSchema>;

/** What follows from other settings when it is not given. */
interface Following {
  readonly MAIL_FROM: string;
  readonly PUBLIC_PORT: number;
  readonly PUBLIC_SCHEME: 'http' | 'https';
}

/** The settings as the processes use them. */
export type Config = Readonly<Settings> & Following;

/** The settings are not usable; every problem is listed, and no value is shown. */
export class ConfigError extends AppError {
  readonly code = 'config.invalid';

  constructor(readonly problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** Reads the settings once and freezes them. Raises ConfigError with all problems at once. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = ConfigSchema.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (given['UNLEASH_URL'] !== undefined && given['UNLEASH_API_TOKEN'] === undefined)
    problems.push('UNLEASH_API_TOKEN: is needed with UNLEASH_URL');
  problems.push(...bucketProblems(given), ...productionProblems(given));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({ ...parsed.data, ...following(parsed.data) });
}

function following(settings: Settings): Following {
  return {
    MAIL_FROM: settings.MAIL_FROM ?? `Tenantry <no-reply@${settings.BASE_DOMAIN}>`,
    PUBLIC_PORT: settings.PUBLIC_PORT ?? settings.PORT,
    PUBLIC_SCHEME: settings.PUBLIC_SCHEME ?? (settings.NODE_ENV === 'production' ? 'https' : 'http'),
  };
}

/** A bucket is used with its region, and with a whole key of one's own or none. */
function bucketProblems(given: NodeJS.ProcessEnv): string[] {
  if (given['S3_BUCKET'] === undefined) return [];
  const isHalf = (given['S3_ACCESS_KEY_ID'] === undefined) !== (given['S3_SECRET_ACCESS_KEY'] === undefined);
  return [
    ...(given['S3_REGION'] === undefined ? ['S3_REGION: is needed with S3_BUCKET'] : []),
    ...(isHalf ? ['S3_ACCESS_KEY_ID: needs S3_SECRET_ACCESS_KEY, and the other way round'] : []),
  ];
}

/** What a laptop may do and production may not. */
function productionProblems(given: NodeJS.ProcessEnv): string[] {
  if (given['NODE_ENV'] !== 'production') return [];
  const problems: string[] = [];
  const refuse = (name: string, wrong: boolean, why: string): void => {
    if (wrong) problems.push(`${name}: ${why}`);
  };
  const local = /\/\/([^@/]*@)?(localhost|127\.|\[::1\])/;
  for (const name of ['AZURE_KEY_VAULT_URL', 'AZURE_AUTHORITY_HOST', 'STRIPE_API_URL', 'UNLEASH_URL', 'SMTP_URL', 'S3_ENDPOINT'])
    refuse(name, local.test(given[name] ?? ''), 'is a stand-in on this machine');
  refuse('BASE_DOMAIN', (given['BASE_DOMAIN'] ?? 'localhost') === 'localhost', 'is localhost');
  refuse('OPERATOR_TOKEN', new Set(given['OPERATOR_TOKEN'] ?? '').size < 12, 'is easy to guess');
  for (const name of ['CAPABILITY_KEYS', 'SIGNING_KEYS']) refuse(name, isWeak(given[name]), 'holds a key that is not random');
  for (const name of ['CATALOG_DATABASE_URL', 'REDIS_URL', 'REDIS_CACHE_URL'])
    refuse(name, passwordOf(given[name]).length < 16, 'has no password of 16 characters');
  return problems;
}

function isWeak(keys: string | undefined): boolean {
  return (keys ?? '').split(',').some((pair) => new Set(pair.split(':')[1] ?? '').size < 16);
}
