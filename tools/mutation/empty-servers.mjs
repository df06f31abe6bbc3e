import pg from 'pg';

/**
 * Takes everything of ours off the servers, roles too, and gives PUBLIC back what PostgreSQL gives it: the next `up` begins from nothing.
 * @param {{ provisionUrl: string }[]} clusters
 */
export async function emptyServers(clusters) {
  await Promise.all(clusters.map(({ provisionUrl }) => emptyServer(provisionUrl)));
}

/** @param {string} provisionUrl */
async function emptyServer(provisionUrl) {
  const session = new pg.Client(provisionUrl);
  await session.connect();
  try {
    /** @param {string} text @returns {Promise<string[]>} */
    const names = async (text) => (await session.query(text)).rows.map(({ name }) => pg.escapeIdentifier(name));
    for (const name of await names(`select datname as name from pg_database where datname ~ '^tenantry'`))
      await session.query(`drop database ${name} with (force)`);
    // A role that granted something cannot go before what it granted to, so it may take a second round.
    for (const isLast of [false, true]) {
      for (const name of await names(`select rolname as name from pg_roles where rolname ~ '^tenantry'`)) {
        const dropped = session.query(`drop role ${name}`);
        await (isLast ? dropped : dropped.catch(() => undefined));
      }
    }
    await session.query('grant connect, temporary on database postgres, template1 to public');
  } finally {
    await session.end();
  }
}
