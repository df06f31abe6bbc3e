import { eventType } from '#kernel/outbox/event-type.js';

/** Somebody is to get a link to set their first password; `linkId` is what `OneTimeLinks` makes the link of. */
export const memberInvited = eventType<{ memberId: string; linkId: string }>('member.invited');

/** Somebody asked for a link to set a new password. */
export const passwordResetRequested = eventType<{ memberId: string; linkId: string }>('member.password-reset-requested');

/** A password was set or changed; whoever it belongs to should hear of it. */
export const passwordChanged = eventType<{ memberId: string }>('member.password-changed');

/** A refresh token was used twice, by whoever it was; its session was ended. */
export const sessionReuseDetected = eventType<{ memberId: string; sessionId: string }>('session.reuse-detected');

/** Somebody's access was taken away. */
export const memberDisabled = eventType<{ memberId: string }>('member.disabled');
