import type { ClusterBootstrap } from '#adapters/postgres/cluster-bootstrap.js';
import { SERVER_MARK, serverMark } from '#adapters/postgres/server-mark.js';
import { identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { ServerWork } from '#control/provisioning/own-servers.js';
import { TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import { IN_USE, OwnServerRefusedError } from '#control/provisioning/provisioning.errors.js';

/** One of PostgreSQL, or of what keeps a connection from being made. */
const CODE = /^[0-9A-Z_]{3,40}$/;
/** transaction_timeout, which every connection of requests sets. */
const OLDEST_VERSION = 170_000;

const FACTS = `select current_setting('server_version_num')::int as version, (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
  pg_is_in_recovery() as is_standby, (select pg_encoding_to_char(encoding) from pg_database where datname = 'template0') as encoding,
  ${SERVER_MARK} as used_by`;

interface Facts {
  readonly version: number;
  readonly is_superuser: boolean;
  readonly is_standby: boolean;
  readonly encoding: string;
  readonly used_by: string | null;
}

/** Servers of customers that speak PostgreSQL. A superuser's login is needed: row security, functions of the system and roles are set up as in our own. */
export class OwnServerWork implements ServerWork {
  constructor(private readonly bootstrap: ClusterBootstrap) {}

  async inspect(address: URL, name: string): Promise<void> {
    const refusal = await withSession(address.href, async (session) => {
      const { rows } = await session.query<Facts>(FACTS);
      const reason = rows[0] ? refusalOf(rows[0], name) : 'it did not answer';
      if (reason !== null || !address.searchParams.has('sslmode')) return reason;
      // Asked last, because a login with few rights may not be told.
      const { rowCount } = await session.query('select from pg_stat_ssl s where s.pid = pg_backend_pid() and s.ssl');
      return rowCount === 1 ? null : 'its connections are not encrypted';
    }).catch((error: unknown) => {
      // Without the cause: it may name the host and the login, and this is told to whoever asked.
      throw new OwnServerRefusedError(`it could not be asked (${codeOf(error)})`);
    });
    if (refusal !== null) throw new OwnServerRefusedError(refusal);
  }

  prepare(cluster: Cluster): Promise<unknown> {
    return this.bootstrap.run(cluster);
  }

  async clear(cluster: Cluster): Promise<void> {
    await withSession(cluster.provisionUrl, async (provisioning) => {
      if ((await serverMark(provisioning)) !== cluster.name) return;
      await provisioning.query(`drop database if exists ${TEMPLATE_DATABASE} with (force)`);
      await inTransaction(provisioning, async () => {
        const roles = await provisioning.query<{ name: string }>(
          `select rolname as name from pg_roles where rolname ~ '^tenantry_(owner|sentinel|keeper|overseer|auditor|tenant|app|migrator|catalog|a_.*)$'`,
        );
        const names = roles.rows.map((role) => identifier(role.name)).join(', ');
        await provisioning.query(`drop owned by ${names}`);
        await provisioning.query(`drop role ${names}`);
      });
    });
  }
}

function refusalOf(facts: Facts, name: string): string | null {
  if (facts.version < OLDEST_VERSION) return `it is older than PostgreSQL ${String(OLDEST_VERSION / 10_000)}`;
  if (facts.is_standby) return 'it is a standby';
  if (facts.encoding !== 'UTF8') return `its databases are made in ${facts.encoding} and not in UTF8`;
  if (!facts.is_superuser)
    return 'its login is no superuser, which it takes to keep the logins of requests apart from everything else there';
  if (facts.used_by !== null && facts.used_by !== name) return IN_USE;
  return null;
}

/** It is the customer's server that says it, so it may be anything. */
function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && CODE.test(code) ? code : 'no answer';
}
