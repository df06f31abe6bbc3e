import { AppError } from '#kernel/errors/app-error.js';
import { causesOf } from '#main/http/causes-of.js';

/** An error as a log may hold it. */
export interface LoggedError {
  readonly name: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly table?: unknown;
  readonly stack?: readonly string[];
}

/**
 * An error and its causes without anything that a row may have put there: what comes of a database, or wraps what does, is known by its
 * code, its constraint and its table alone, because its message and its details quote values and statements.
 */
export function errorForLog(error: unknown): readonly LoggedError[] {
  const chain = causesOf(error);
  const messages = chain.map(({ message }) => message).filter((message) => message !== '');
  return chain.map((link, depth) => {
    const { code, constraint, table } = link as { code?: unknown; constraint?: unknown; table?: unknown };
    const mayQuote = !(link instanceof AppError) && chain.slice(depth).some((cause) => 'severity' in cause);
    return {
      name: link.name,
      ...(!mayQuote && { message: link.message }),
      ...(code !== undefined && { code }),
      ...(constraint !== undefined && { constraint }),
      ...(table !== undefined && { table }),
      stack: framesOf(link.stack, messages),
    };
  });
}

function framesOf(stack = '', messages: readonly string[]): readonly string[] {
  // A message may have lines that look like a frame.
  const rest = messages.reduce((text, message) => text.replaceAll(message, ''), stack);
  return rest
    .split('\n')
    .filter((line) => /^\s+at \S/.test(line))
    .map((line) => line.trim());
}
