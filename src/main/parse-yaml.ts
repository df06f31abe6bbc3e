import { parse, YAMLParseError } from 'yaml';
import { ConfigError } from '#main/config.js';

/** Reads YAML or JSON. Raises ConfigError with the place of the mistake alone, because the parser quotes the line, which may hold a password. */
export function parseYaml(text: string, name: string): unknown {
  try {
    // A warning would quote the line too, on standard error.
    return parse(text, { logLevel: 'error' });
  } catch (error) {
    const [start] = (error instanceof YAMLParseError && error.linePos) || [];
    throw new ConfigError([`${name}: is not YAML${start ? `, from line ${start.line}, column ${start.col}` : ''}`]);
  }
}
