import { AppError } from '#kernel/errors/app-error.js';
import { RateLimitedError } from '#kernel/limits/limits.errors.js';
import { etagOf } from '#kernel/plugin/answer-headers.js';
import { StaleVersionError } from '#kernel/plugin/precondition.errors.js';
import { TenantMisdirectedError } from '#kernel/tenancy/tenant.errors.js';
import { LoginLockedError, PasswordRefusedError } from '#workspace/members/auth.errors.js';
import { appErrorOf } from '#main/http/app-error-of.js';
import { MethodNotAllowedError, ValidationFailedError } from '#main/http/http.errors.js';
import { PlanRequiredError } from '#workspace/access/access.errors.js';
import { SettingInvalidError } from '#workspace/settings/setting.errors.js';
import { PROBLEM_STATUSES, type ProblemStatus } from '#main/http/problem-statuses.js';

/** An answer that says why there is no other, as RFC 9457 has it. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where and for which request it happened; `path` is without its query. */
export interface ProblemPlace {
  readonly path: string;
  readonly requestId: string;
}

/** The answer to an error. What is not in the table says nothing of itself. */
export function problemOf(error: unknown, { path, requestId }: ProblemPlace): Problem {
  const known = appErrorOf(error);
  const listed = known && PROBLEM_STATUSES.get(known.code);
  const code = listed ? known.code : 'internal';
  const { status, title, retryAfter }: ProblemStatus = listed ?? { status: 500, title: 'Internal error' };
  const fact = listed && known instanceof AppError ? known : undefined;
  const body = { type: `urn:tenantry:problem:${code}`, title, status, detail: fact?.message ?? title, instance: path, code, requestId };
  return {
    status,
    code,
    headers: { 'content-type': 'application/problem+json', ...headersOf(status, retryAfter, fact) },
    body: JSON.stringify({ ...body, ...membersOf(fact) }),
  };
}

function headersOf(status: number, retryAfter: number | undefined, fact: AppError | undefined): Record<string, string> {
  return {
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(fact instanceof LoginLockedError && { 'retry-after': String(fact.retryAfterSeconds) }),
    ...(fact instanceof RateLimitedError && { 'retry-after': String(fact.retryAfterSeconds) }),
    ...(fact instanceof MethodNotAllowedError && { allow: fact.allowed.join(', ') }),
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="tenantry"' }),
    ...(fact instanceof StaleVersionError && fact.current !== undefined && { etag: etagOf(fact.current) }),
  };
}

function membersOf(fact: AppError | undefined): object {
  if (fact instanceof PasswordRefusedError) return { errors: [{ pointer: fact.pointer, detail: fact.reason }] };
  if (fact instanceof SettingInvalidError) return { errors: fact.errors };
  if (fact instanceof ValidationFailedError) return { errors: fact.errors };
  if (fact instanceof PlanRequiredError) return { requiredPlan: fact.requiredPlan };
  if (fact instanceof TenantMisdirectedError) return { region: fact.region };
  return {};
}
