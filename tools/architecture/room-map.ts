import { ROOMS } from '#tools/architecture/rooms.js';

/** The rooms as a Markdown table. */
export function roomMap(): string {
  const rows = Object.entries(ROOMS).map(
    ([name, { purpose, mayImport }]) =>
      `| \`src/${name}\` | ${purpose} | ${mayImport.length > 0 ? mayImport.join(', ') : 'no other room'} |`,
  );
  return ['| room | what it is for | may import |', '|---|---|---|', ...rows].join('\n');
}
