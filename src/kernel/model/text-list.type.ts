import { Type } from '@mikro-orm/core';

/** A `text[]` column. The ORM's own array type writes the word NULL as a missing element; this one quotes every element. */
export class TextListType extends Type<string[], string> {
  override convertToDatabaseValue(texts: string[]): string {
    return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
  }

  override convertToJSValue(texts: string | string[]): string[] {
    if (!Array.isArray(texts)) throw new TypeError('the driver reads arrays');
    return texts;
  }

  override compareAsType(): string {
    return 'string[]';
  }

  override getColumnType(): string {
    return 'text[]';
  }
}
