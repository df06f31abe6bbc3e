import { Text } from '#workspace/schemas.js';

/** Why an operator acts; it is put on record with the act. */
export const REASON_LENGTH = { least: 3, most: 500 } as const;

export const Reason = Text.trim().min(REASON_LENGTH.least).max(REASON_LENGTH.most);

/** The reason a body gives, before anybody has looked at the rest of it; undefined when it gives none that is one. */
export function reasonOf(body: unknown): string | undefined {
  const { reason } = (typeof body === 'object' && body !== null ? body : {}) as { reason?: unknown };
  const parsed = Reason.safeParse(reason);
  return parsed.success ? parsed.data : undefined;
}
