import { settingsTable } from '#main/settings-table.js';
import { roomMap } from '#tools/architecture/room-map.js';

/** The parts of the README that are printed from code, by the name of their markers. */
export const BLOCKS: Readonly<Record<string, () => string>> = { rooms: roomMap, settings: settingsTable };

/** A document with these parts brought up to date; raises a RangeError when it does not say where one goes. */
export function withBlocks(document: string, blocks: Readonly<Record<string, () => string>>): string {
  return Object.entries(blocks).reduce((text, [name, print]) => withBlock(text, name, print()), document);
}

function withBlock(document: string, name: string, content: string): string {
  const open = `<!-- ${name} -->`;
  const close = `<!-- /${name} -->`;
  const start = document.indexOf(open);
  const end = document.indexOf(close, start);
  if (start < 0 || end < 0) throw new RangeError(`The part ${name} goes between ${open} and ${close}, and the document lacks them.`);
  return `${document.slice(0, start + open.length)}\n${content}\n${document.slice(end)}`;
}
