import { z } from 'zod';

/** A session as its member sees it. */
export const SessionView = z
  .strictObject({
    id: z.uuid(),
    device: z.string(),
    userAgent: z.string().nullable(),
    ip: z.string().nullable(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    authenticatedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    current: z.boolean(),
  })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof SessionView>;

/** All that are still good, newest first. */
export const SessionList = z.strictObject({ data: z.array(SessionView), nextCursor: z.null() }).meta({ id: 'SessionList' });
export type SessionList = z.infer<typeof SessionList>;

export const SessionId = z.uuid();

/** Which sessions to end: those of other devices. */
export const OtherSessions = z.strictObject({ except: z.literal('current') });
