import { z } from 'zod';
import { ConfigSchema } from '#main/config.js';

/** Every setting as a Markdown table, from the schema that reads them. */
export function settingsTable(): string {
  const { properties = {}, required = [] } = z.toJSONSchema(ConfigSchema, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(properties).map(([name, property]) => {
    const { description = '', default: preset } = property as { description?: string; default?: unknown };
    const shown =
      preset === undefined ? (required.includes(name) ? 'required' : 'unset') : `\`${JSON.stringify(preset).replaceAll('"', '')}\``;
    return `| \`${name}\` | ${shown} | ${description} |`;
  });
  return ['| name | default | what it is |', '|---|---|---|', ...rows].join('\n');
}
