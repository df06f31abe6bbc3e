import { readFile } from 'node:fs/promises';
import { parse, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { ConfigError } from '#main/config.js';

/**
 * A file of settings, YAML or JSON. Raises ConfigError with every problem, each after the file's `name`, and no value of it: of what is no
 * YAML only the place is said, because the parser quotes the line, which may hold a password.
 */
export async function readYamlFile<Schema extends z.ZodType>(path: string, name: string, schema: Schema): Promise<z.output<Schema>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new ConfigError([`${name}: the file ${path} cannot be read`]);
  }
  const parsed = schema.safeParse(parseYaml(text, name));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${name}: ${issue.path.join('.')}: ${issue.message}`));
  return parsed.data;
}

function parseYaml(text: string, name: string): unknown {
  try {
    // A warning would quote the line too, on standard error.
    return parse(text, { logLevel: 'error' });
  } catch (error) {
    const [start] = (error instanceof YAMLParseError && error.linePos) || [];
    throw new ConfigError([`${name}: is not YAML${start ? `, from line ${start.line}, column ${start.col}` : ''}`]);
  }
}
