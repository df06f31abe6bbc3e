import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { OwnClusters } from '#catalog/clusters/own-clusters.js';
import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import type { TestPlatform } from '#testing/test-platform.js';

/** Puts one of each kind of thing that is nobody's where only ours lie, on one cluster; gives what the doctor calls each. */
export async function plantOrphans({ platform, provisioning }: TestPlatform): Promise<string[]> {
  const { name: cluster, provisionUrl, appUrl } = await provisioning.clusterBook.named('eu-west-1');
  const name = (): string => randomBytes(10).toString('hex');
  const [schema, database, secret, tenantId] = [`t_${name()}`, `tenantry_e_${name()}`, `tenant-${name()}-db-connection`, randomUUIDv7()];
  await withSession(atDatabase(provisionUrl, new URL(appUrl).pathname.slice(1)), async (session) => {
    await session.query(`create schema ${identifier(schema)}`);
    await session.query(`create database ${identifier(database)}`);
    await session.query(`create role ${identifier(database)} login`);
    await session.query(
      `insert into tenancy.fence (tenant_id, key_id, epoch, home, capability_hash, is_open) values ($1, 'k', 1, 'shared', sha256($2), true)`,
      [tenantId, randomBytes(8)],
    );
  });
  await platform.secrets.set(secret, 'postgres://nobody');
  const { id: customerId } = await platform.billing.ensureCustomer({ tenantId, name: 'Nobody', email: 'nobody@example.test' });
  await bury(platform, tenantId);
  // Whoever took the server was killed before its tenant was on record.
  const server = `own-${name()}`;
  await new OwnClusters(platform.catalog).add({ name: server, region: 'eu-west', tenantId: randomUUIDv7(), secret: server });
  return [
    ...[`schema ${schema} on ${cluster}`, `database ${database} on ${cluster}`, `role ${database} on ${cluster}`],
    ...[`rows of tenant ${tenantId} on ${cluster}`, `secret ${secret}`, `customer ${customerId}`, `own server ${server}`],
  ];
}

/** A customer is ours to take away when its tenant was, which a tombstone says. */
function bury({ catalog }: TestPlatform['platform'], tenantId: string): Promise<void> {
  const signed = { signature: randomBytes(64).toString('base64'), publicKey: randomBytes(44).toString('base64') };
  return catalog.em
    .fork()
    .transactional((em) =>
      Tombstones.put(em, { id: randomUUIDv7(), tenantId, document: '{}', createdAt: new Date(), ...signed }, tenantId),
    );
}
