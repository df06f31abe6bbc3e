/** The clusters of the embedded default: one PostgreSQL server per region; the first one also holds the catalog. */
export const clusters = [
  { name: 'eu-west-1', region: 'eu-west' },
  { name: 'us-east-1', region: 'us-east' },
];
