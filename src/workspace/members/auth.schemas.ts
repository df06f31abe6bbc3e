import { z } from 'zod';
import { PASSWORD_LENGTH } from './passwords/password-rules.js';

/** An address as it is looked up; whether it can be one is asked where somebody is invited. */
export const LoginEmail = z.string().trim().toLowerCase().min(1).max(254);

// One spelling of each character, or the same password typed at two keyboards would be two.
const Given = z.string().normalize('NFC').min(1).max(PASSWORD_LENGTH.most);
const New = z.string().normalize('NFC').min(PASSWORD_LENGTH.least).max(PASSWORD_LENGTH.most);
const LinkToken = z.string().min(1).max(200);
const Delivery = z.enum(['cookie', 'body']);
export type Delivery = z.infer<typeof Delivery>;

export const Login = z.strictObject({ email: LoginEmail, password: Given, delivery: Delivery.default('cookie') }).meta({ id: 'Login' });
export type Login = z.infer<typeof Login>;

/** The token of a mail's link, and the password to set. */
export const SetPassword = z.strictObject({ token: LinkToken, password: New }).meta({ id: 'SetPassword' });
export type SetPassword = z.infer<typeof SetPassword>;

export const ForgotPassword = z.strictObject({ email: LoginEmail }).meta({ id: 'ForgotPassword' });
export type ForgotPassword = z.infer<typeof ForgotPassword>;

export const ChangePassword = z.strictObject({ current: Given, new: New }).meta({ id: 'ChangePassword' });
export type ChangePassword = z.infer<typeof ChangePassword>;

export const StepUp = z.strictObject({ password: Given }).meta({ id: 'StepUp' });
export type StepUp = z.infer<typeof StepUp>;

/** Without a token the cookie is meant. */
export const Refresh = z.strictObject({ refreshToken: z.string().min(1).max(200).optional() }).meta({ id: 'Refresh' });
export type Refresh = z.infer<typeof Refresh>;

/** Seconds are those of the access token. With cookies the tokens are in them, and `csrfToken` goes with every change. */
export const SignedIn = z
  .union([
    z.strictObject({ expiresIn: z.int(), csrfToken: z.string() }),
    z.strictObject({ accessToken: z.string(), refreshToken: z.string(), expiresIn: z.int() }),
  ])
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

/** Whose password was set, so that a page can go on to the login. */
export const PasswordOwnerView = z.strictObject({ email: z.string(), name: z.string() }).meta({ id: 'PasswordOwner' });
export type PasswordOwnerView = z.infer<typeof PasswordOwnerView>;

/** Who is signed in, and where. */
export const MeView = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.string(),
    roles: z.array(z.string()),
    sessionId: z.uuid(),
    tenant: z.strictObject({ id: z.uuid(), slug: z.string(), name: z.string(), plan: z.string(), region: z.string() }),
  })
  .meta({ id: 'Me' });
export type MeView = z.infer<typeof MeView>;
