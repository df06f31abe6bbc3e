import { ROOMS } from '#tools/architecture/rooms.js';

const OPEN = '<!-- rooms -->';
const CLOSE = '<!-- /rooms -->';

/** The rooms as a Markdown table. */
export function roomMap(): string {
  const rows = Object.entries(ROOMS).map(
    ([name, { purpose, mayImport }]) =>
      `| \`src/${name}\` | ${purpose} | ${mayImport.length > 0 ? mayImport.join(', ') : 'no other room'} |`,
  );
  return ['| room | what it is for | may import |', '|---|---|---|', ...rows].join('\n');
}

/** A document with its map brought up to date; raises a RangeError when the document does not say where the map goes. */
export function withRoomMap(document: string): string {
  const start = document.indexOf(OPEN);
  const end = document.indexOf(CLOSE, start);
  if (start < 0 || end < 0) throw new RangeError(`The map goes between ${OPEN} and ${CLOSE}, and the document lacks them.`);
  return `${document.slice(0, start + OPEN.length)}\n${roomMap()}\n${document.slice(end)}`;
}
