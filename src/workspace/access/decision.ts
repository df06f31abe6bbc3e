import { isKeptWhenReadOnly, type Permission, SYSTEM_ROLES } from '#kernel/plugin/permission.js';
import type { TenantAccess, TenantStatus } from '#kernel/tenancy/tenant.js';
import { isWithin } from '#workspace/access/permission-catalogue.js';
import { isSameId, type Resource } from '#workspace/access/resource.js';
import type { Standing, StandingOverride } from '#workspace/access/standing.js';

const STEP_UP_FOR_MS = 5 * 60_000;

/** What is asked. With a kind and no id: whether there may be any one of the kind, as a list asks. */
export interface Question {
  readonly permission: Permission;
  readonly kind?: Resource['kind'] | undefined;
  readonly id?: Resource['id'];
}

/** What a decision depends on beside who asks. */
export interface Circumstances {
  readonly status: TenantStatus;
  readonly access: TenantAccess;
  readonly features: ReadonlySet<string>;
  /** The least plan that has a feature. */
  readonly planWith: (feature: string) => string | undefined;
  /** Why the permission's feature is closed although the plan has it; without this it is open. */
  readonly closed?: string | undefined;
  /** Whether somebody asks now; what was asked for earlier is done without them, so their sign-in may have ended. */
  readonly isPresent: boolean;
  /** In milliseconds. */
  readonly now: number;
}

export type Rule =
  | 'platform'
  | 'tenant-status'
  | 'membership'
  | 'session'
  | 'read-only'
  | 'plan'
  | 'feature'
  | 'step-up'
  | 'deny-on-resource'
  | 'deny-on-kind'
  | 'key'
  | 'allow-on-resource'
  | 'allow-on-kind'
  | 'role'
  | 'default';

/** The answer, and which rule gave it. */
export interface Decision {
  readonly allow: boolean;
  readonly rule: Rule;
  readonly reason: string;
  /** The plan that would do, when it is for want of a feature. */
  readonly requiredPlan?: string;
  /** Set when giving the password again would do. */
  readonly stepUp?: true;
}

type Verdict = Omit<Decision, 'rule'>;

/** One rule: null when it has nothing to say, and the next is asked. */
type Look = (standing: Standing, question: Question, circumstances: Circumstances) => Verdict | null;

/** In the order in which they are asked; the first that has something to say decides. */
const RULES: readonly (readonly [Rule, Look])[] = [
  ['tenant-status', (_standing, _question, { status }) => (status === 'active' ? null : refuse(`The tenant is ${status}.`))],
  ['membership', lookAtMembership],
  ['session', lookAtSession],
  ['read-only', lookAtReadOnly],
  ['plan', lookAtPlan],
  ['feature', (_standing, _question, { closed }) => (closed === undefined ? null : refuse(closed))],
  ['step-up', lookAtStepUp],
  ['deny-on-resource', lookForDeny((override, question) => override.id !== null && isSameId(override.id, question.id))],
  ['deny-on-kind', lookForDeny(({ id }) => id === null)],
  ['key', lookAtKey],
  ['allow-on-resource', lookForAllow(({ id }) => id !== null)],
  ['allow-on-kind', lookForAllow(({ id }) => id === null)],
  ['role', lookAtRole],
];

/** The one decision of the product: the same for a request, a job and whatever else asks. Nothing is allowed that no rule allows. */
export function decide(standing: Standing, question: Question, circumstances: Circumstances): Decision {
  for (const [rule, look] of RULES) {
    const verdict = look(standing, question, circumstances);
    if (verdict) return { rule, ...verdict };
  }
  return { rule: 'default', ...refuse(`Nothing allows ${question.permission.name}.`) };
}

/** The rules that were asked, in their order; the last one decided. */
export function stepsTo(decision: Decision): readonly { readonly rule: Rule; readonly outcome: 'passed' | 'allowed' | 'refused' }[] {
  const last = decision.allow ? ('allowed' as const) : ('refused' as const);
  const names = [...RULES.map(([rule]) => rule), 'default' as const];
  const at = names.indexOf(decision.rule);
  return [...names.slice(0, Math.max(at, 0)).map((rule) => ({ rule, outcome: 'passed' as const })), { rule: decision.rule, outcome: last }];
}

/** Whether an override is in force; at the moment it expires it is not. */
export function isInForce({ expiresAt }: Pick<StandingOverride, 'expiresAt'>, now: number): boolean {
  return expiresAt === null || now < expiresAt;
}

function lookAtMembership({ isActive, kind }: Standing): Verdict | null {
  if (isActive) return null;
  return refuse(kind === 'member' ? 'The membership is not active.' : 'Who made the key is not an active member.');
}

function lookAtSession({ kind, session }: Standing, _question: Question, { isPresent, now }: Circumstances): Verdict | null {
  if (kind !== 'member' || !isPresent) return null;
  return session && now < session.endsAt ? null : refuse('The session has ended.');
}

function lookAtReadOnly(_standing: Standing, { permission }: Question, { access }: Circumstances): Verdict | null {
  if (access === 'full' || isKeptWhenReadOnly(permission)) return null;
  return refuse('Nothing can be changed until the open invoice is paid.');
}

function lookAtPlan(_standing: Standing, { permission }: Question, { features, planWith }: Circumstances): Verdict | null {
  const { feature } = permission;
  if (feature === undefined || features.has(feature)) return null;
  const requiredPlan = planWith(feature);
  return { ...refuse(`The plan does not have ${feature}.`), ...(requiredPlan !== undefined && { requiredPlan }) };
}

function lookAtStepUp({ kind, session }: Standing, { permission }: Question, { isPresent, now }: Circumstances): Verdict | null {
  // Whoever asked for what is done later gave the password when they asked.
  if (!permission.stepUp || !isPresent) return null;
  if (kind === 'machine') return refuse('Only a person who has just given their password may do this.');
  if (session && now - session.authenticatedAt <= STEP_UP_FOR_MS) return null;
  return { ...refuse('The password must have been given within the last five minutes.'), stepUp: true };
}

/** A kind-wide refusal also meets a question that names no kind: what it is about cannot be told, so it is refused. */
function lookForDeny(isMeant: (override: StandingOverride, question: Question) => boolean): Look {
  return ({ overrides }, question, { now }) => {
    const found = overrides.some(
      (override) =>
        override.effect === 'deny' &&
        override.permission === question.permission.name &&
        (override.kind === null || question.kind === undefined || override.kind === question.kind) &&
        isInForce(override, now) &&
        isMeant(override, question),
    );
    return found ? refuse(`${question.permission.name} is denied.`) : null;
  };
}

function lookAtKey({ keyPermissions, overrides }: Standing, question: Question, { now }: Circumstances): Verdict | null {
  const { name } = question.permission;
  if (keyPermissions === null || keyPermissions.includes(name)) return null;
  const isWidened = overrides.some((override) => override.holder === 'machine' && doesAllow(override, question, now));
  return isWidened ? null : refuse(`The key was not made for ${name}.`);
}

/** A key is never allowed more than who made it: what it was given by itself was looked at with the key. */
function lookForAllow(isMeant: (override: StandingOverride) => boolean): Look {
  return ({ overrides }, question, { now }) => {
    const found = overrides.find((override) => override.holder !== 'machine' && isMeant(override) && doesAllow(override, question, now));
    return found ? allow(`${question.permission.name} was given to ${found.holder === 'role' ? 'a role' : 'the member'} by itself.`) : null;
  };
}

function lookAtRole({ rank, granted }: Standing, { permission }: Question): Verdict | null {
  if (isWithin(permission.least, rank)) return allow(`${SYSTEM_ROLES[rank] ?? ''} has ${permission.name}.`);
  return granted.has(permission.name) ? allow(`A role of the tenant's own has ${permission.name}.`) : null;
}

function doesAllow(override: StandingOverride, { permission, kind, id }: Question, now: number): boolean {
  if (override.effect !== 'allow' || override.permission !== permission.name || !isInForce(override, now)) return false;
  if (override.kind === null) return true;
  if (override.kind !== kind) return false;
  return override.id === null || id === undefined || isSameId(override.id, id);
}

function allow(reason: string): Verdict {
  return { allow: true, reason };
}

function refuse(reason: string): Verdict {
  return { allow: false, reason };
}
