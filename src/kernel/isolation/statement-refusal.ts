/** Commands that lock a table before PostgreSQL looks whether the caller may use them, and that no tenant's statement is. */
const LOCKS_FIRST =
  /^\s*(?:lock|create|drop|truncate|reindex|cluster|vacuum|analyze|refresh|comment|security|import|alter\s+(?!(?:role|user|default)\b))/i;
const BEGINS_WITH_A_COMMENT = /^\s*(?:--|\/\*)/;

/** The answer the privileges would give, before the statement is sent. */
export class StatementRefusedError extends Error {
  readonly code = '42501';
  readonly severity = 'ERROR';

  constructor(command: string) {
    super(`permission denied: a tenant's statement is not ${command}`);
  }
}

/**
 * Refuses what would hold others up: a lock on a shared table is queued for, and everybody else queues behind it, also when the command is
 * refused in the end. The first word of a statement decides what it is, and only one statement is sent at a time, so this cannot be got
 * round by writing it differently; a comment in front would hide the word and is refused too. Raises StatementRefusedError.
 */
export function refuseWhatLocksFirst(text: string): void {
  if (LOCKS_FIRST.test(text)) throw new StatementRefusedError(text.trimStart().split(/\s/, 1)[0]?.toLowerCase() ?? 'that');
  if (BEGINS_WITH_A_COMMENT.test(text)) throw new StatementRefusedError('hidden behind a comment');
}
