const LONGEST = 150;
/** Control characters, and those that turn the direction of a text or are not seen: a name must be what it looks like. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/**
 * A name under which a file may be kept on any system: the last part of a path, without what cannot be seen, and with its ending when it is
 * cut. Any text is fine; what leaves nothing is called "file".
 */
export function attachmentName(text: string): string {
  const plain = text.toWellFormed().replaceAll('\uFFFD', '').normalize('NFC');
  const last = plain.split(/[/\\]/).at(-1) ?? '';
  const seen = last.replace(UNSEEN, '').replace(/[<>:"|?*]/g, '_');
  const trimmed = seen.replace(/^[\s.]+|[\s.]+$/g, '');
  const cut = shortened(trimmed);
  if (cut === '') return 'file';
  return RESERVED.test(cut) ? `_${cut}` : cut;
}

/** For a Content-Disposition: a name for old programs, and the name itself (RFC 6266, RFC 8187). */
export function dispositionOf(name: string): string {
  const plain =
    name
      .normalize('NFKD')
      .replace(/[^\x20-\x7e]/g, '')
      .replace(/["\\%;]/g, '_')
      .trim() || 'file';
  const whole = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

function shortened(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= LONGEST) return name;
  const ending = /\.[^.]{1,12}$/u.exec(name)?.[0] ?? '';
  return characters.slice(0, LONGEST - Array.from(ending).length).join('') + ending;
}
