import { z } from 'zod';
import type { DoorSchema } from '#kernel/plugin/door.js';

type Json = Record<string, unknown>;

/** Collects what schemas describe as JSON Schema; those with an id are kept once, by their id. */
export class JsonSchemas {
  readonly components: Record<string, Json> = {};

  /** What a caller sends. */
  input(schema: DoorSchema): Json {
    return this.#add(schema, 'input');
  }

  /** What a caller gets. */
  output(schema: DoorSchema): Json {
    return this.#add(schema, 'output');
  }

  #add(schema: DoorSchema, io: 'input' | 'output'): Json {
    const { $defs = {}, ...own } = z.toJSONSchema(schema as z.ZodType, { io }) as Json & { $defs?: Record<string, Json> };
    for (const [id, definition] of Object.entries($defs)) this.components[id] = plain(definition);
    const id = (schema as z.ZodType).meta()?.id;
    if (id === undefined) return plain(own);
    // One whose name is known by then is described among the definitions, and here it only refers to itself.
    if (!(id in $defs)) this.components[id] = plain(own);
    return { $ref: `#/components/schemas/${id}` };
  }
}

/** Without what a component has by its place, and with references to where an OpenAPI document keeps what is referred to. */
function plain(definition: Json): Json {
  const rest = Object.fromEntries(Object.entries(definition).filter(([key]) => key !== 'id' && key !== '$schema'));
  return JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}
