import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import pg from 'pg';
import { start } from 'unleash-server';

const ENVIRONMENT = 'development';
const PROJECT = 'default';

/** Where the server is and what opens it. */
export interface UnleashAccess {
  readonly url: string;
  /** `UNLEASH_URL` of the product. */
  readonly apiUrl: string;
  readonly clientToken: string;
  readonly adminToken: string;
}

export interface UnleashOptions {
  readonly port: number;
  readonly host: string;
  /** A superuser's address on a PostgreSQL server. */
  readonly databaseUrl: string;
  readonly database: string;
  /** The flags that a new server begins with. */
  readonly flagsFile?: string | undefined;
}

/** An Unleash server that was started in this process. */
export interface RunningUnleash {
  readonly access: UnleashAccess;
  stop(): Promise<void>;
}

interface Flag {
  readonly name: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly strategies: readonly object[];
}

/** Starts Unleash on a database of that name, which is made if it is not there. The tokens it was first started with stay its tokens. */
export async function startUnleash({ port, host, databaseUrl, database, flagsFile }: UnleashOptions): Promise<RunningUnleash> {
  const url = await madeDatabase(databaseUrl, database);
  const [clientToken, adminToken] = await keptTokens(url);
  Object.assign(process.env, { CHECK_VERSION: 'false', SEND_TELEMETRY: 'false' });
  const wanted = port === 0 ? await freePort(host) : port;
  const unleash = await start({
    db: { ...connectionOf(url), ssl: false },
    server: { port: wanted, host, gracefulShutdownEnable: false },
    authentication: {
      initApiTokens: [tokenOf(clientToken, 'backend', ENVIRONMENT, [PROJECT]), tokenOf(adminToken, 'admin', '*', ['*'])],
    },
    versionCheck: { enable: false },
    telemetry: false,
    logLevel: 'warn',
  } as unknown as Parameters<typeof start>[0]);
  const address = `http://${host}:${String(wanted)}`;
  const access = { url: address, apiUrl: `${address}/api`, clientToken, adminToken };
  if (flagsFile !== undefined) await addFlags(access, (JSON.parse(await readFile(flagsFile, 'utf8')) as { features: Flag[] }).features);
  return { access, stop: () => unleash.stop() };
}

/** Those that are not there are made, and are from then on what is said of them at the server. */
async function addFlags({ url, adminToken }: UnleashAccess, flags: readonly Flag[]): Promise<void> {
  const features = `${url}/api/admin/projects/${PROJECT}/features`;
  const post = (address: string, body: object = {}): Promise<Response> =>
    fetch(address, {
      method: 'POST',
      headers: { authorization: adminToken, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  for (const { name, type, enabled, strategies } of flags) {
    const made = await post(features, { name, type });
    if (made.status === 409) continue;
    if (!made.ok) throw new Error(`Unleash would not make ${name}: ${String(made.status)}`);
    const there = `${features}/${name}/environments/${ENVIRONMENT}`;
    for (const strategy of strategies) await post(`${there}/strategies`, strategy);
    if (enabled) await post(`${there}/on`);
  }
}

function tokenOf(secret: string, type: string, environment: string, projects: string[]): object {
  return { secret, type, environment, projects, tokenName: type, createdAt: undefined };
}

/** They are kept in the server's own database, beside its own tables. */
async function keptTokens(url: string): Promise<[string, string]> {
  return withClient(url, async (client) => {
    await client.query('create table if not exists public.stand_in_token (kind text primary key, secret text not null)');
    const kept = async (kind: string, scope: string): Promise<string> => {
      const fresh = `${scope}.${randomBytes(24).toString('hex')}`;
      await client.query('insert into public.stand_in_token values ($1, $2) on conflict do nothing', [kind, fresh]);
      const { rows } = await client.query<{ secret: string }>('select secret from public.stand_in_token where kind = $1', [kind]);
      return rows[0]?.secret ?? fresh;
    };
    return [await kept('client', `${PROJECT}:${ENVIRONMENT}`), await kept('admin', '*:*')];
  });
}

async function madeDatabase(server: string, database: string): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,50}$/.test(database)) throw new TypeError('the name of a database has letters, digits and underscores');
  await withClient(server, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  });
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function connectionOf(address: string): object {
  const { username, password, hostname, port, pathname } = new URL(address);
  return {
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    host: hostname,
    port: Number(port || 5432),
    database: pathname.slice(1),
  };
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
