const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

export type XmlValue = string | number | boolean | undefined | XmlContent | readonly XmlContent[];
export interface XmlContent {
  readonly [name: string]: XmlValue;
}

/** A document with one root; a list is one element per item. */
export function xmlDocument(root: string, content: XmlContent): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, content)}`;
}

/** The texts of every element of this name, in order; enough for bodies without attributes. */
export function xmlTexts(document: string, name: string): string[] {
  return [...document.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => unescape(text));
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((each) => element(name, each)).join('');
  if (typeof value !== 'object') return `<${name}>${escape(String(value))}</${name}>`;
  return `<${name}>${Object.entries(value)
    .map(([inner, each]) => element(inner, each))
    .join('')}</${name}>`;
}

function isList(value: XmlValue): value is readonly XmlContent[] {
  return Array.isArray(value);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}

function unescape(text: string): string {
  return Object.entries(SIGNS).reduceRight((left, [sign, name]) => left.replaceAll(name, sign), text);
}
