import type { EntityClass } from '@mikro-orm/core';
import type { Type } from '@nestjs/common';

/** One part of the product: what it keeps and what it serves. It learns whose work it does from the kernel alone. */
export interface Plugin {
  readonly name: string;
  readonly entities: readonly EntityClass<object>[];
  readonly module: Type;
}
