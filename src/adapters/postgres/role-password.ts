import type pg from 'pg';
import { scramVerifier } from '#adapters/postgres/scram-verifier.js';
import { identifier, inTransaction } from '#adapters/postgres/session.js';

/** The verifier of the password in a connection string. */
export function verifierOf(url: string): string {
  return scramVerifier(decodeURIComponent(new URL(url).password));
}

/** The verifier is not the password, so the statement may hold it. */
export async function setPassword(provisioning: pg.Client, role: string, verifier: string): Promise<void> {
  await provisioning.query(`alter role ${identifier(role)} password ${literal(verifier)}`);
}

/** Sets a password and remembers it in this database for `tenancy.restore_role`. */
export async function sealRole(provisioning: pg.Client, role: string, verifier: string): Promise<void> {
  await inTransaction(provisioning, async () => {
    await setPassword(provisioning, role, verifier);
    await provisioning.query(
      'insert into tenancy.role_seal values ($1, $2) on conflict (role_name) do update set verifier = excluded.verifier',
      [role, verifier],
    );
  });
}

function literal(text: string): string {
  if (!/^[A-Za-z0-9+/=:$-]+$/.test(text)) throw new TypeError('not a SCRAM verifier');
  return `'${text}'`;
}
