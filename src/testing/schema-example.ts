type Schema = Readonly<Record<string, unknown>>;

const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: '01970000-0000-7000-8000-00000000000e',
  email: 'somebody@example.test',
  'date-time': '2050-01-01T00:00:00Z',
};

/** The least value that fits a JSON schema, for requests of specs; a pattern is not looked at. `components` are what it may refer to. */
export function exampleOf(schema: Schema, components: Readonly<Record<string, Schema>>): unknown {
  const { $ref, enum: values, anyOf, oneOf, type, format, minLength, minItems, items, properties, required } = schema;
  if (typeof $ref === 'string') return exampleOf(components[$ref.split('/').at(-1) ?? ''] ?? {}, components);
  if ('const' in schema) return schema['const'];
  if ('default' in schema) return schema['default'];
  if (Array.isArray(values)) return values[0];
  const [choice] = (anyOf ?? oneOf ?? []) as Schema[];
  if (choice) return exampleOf(choice, components);
  switch ([type].flat()[0]) {
    case 'string':
      return BY_FORMAT[format as string] ?? 'example-'.padEnd(Number(minLength ?? 0), 'x');
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema['minimum'] ?? 1));
    case 'boolean':
      return true;
    case 'array':
      return Array.from({ length: Number(minItems ?? 0) }, () => exampleOf(items as Schema, components));
    default:
      return Object.fromEntries(
        ((required ?? []) as string[]).map((key) => [key, exampleOf((properties as Record<string, Schema>)[key] ?? {}, components)]),
      );
  }
}
