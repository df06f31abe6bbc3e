import { Type } from '@mikro-orm/core';

/** A `text[]` column, null if it may be. The ORM's own array type writes the word NULL as a missing element; this one quotes every element. */
export class TextListType extends Type<string[] | null, string | null> {
  override convertToDatabaseValue(texts: string[] | null): string | null {
    if (texts === null) return null;
    return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
  }

  override convertToJSValue(texts: string | string[] | null): string[] | null {
    if (texts !== null && !Array.isArray(texts)) throw new TypeError('the driver reads arrays');
    return texts;
  }

  override compareAsType(): string {
    return 'string[]';
  }

  override getColumnType(): string {
    return 'text[]';
  }
}
