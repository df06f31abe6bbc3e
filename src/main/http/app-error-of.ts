import { HttpException } from '@nestjs/common';
import { OptimisticLockError } from '@mikro-orm/core';
import { CatalogUnavailableError } from '#catalog/catalog.errors.js';
import { isOutOfReach } from '#catalog/catalog-reach.js';
import { AppError } from '#kernel/errors/app-error.js';
import { sqlStateOf, StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';
import { StaleVersionError } from '#kernel/plugin/precondition.errors.js';
import { causesOf } from '#main/http/causes-of.js';
import {
  BodyMalformedError,
  BodyTooLargeError,
  BodyTypeUnsupportedError,
  RouteMalformedError,
  RouteUnknownError,
  ValidationFailedError,
} from '#main/http/http.errors.js';

const CODE = /^[a-z-]+\.[a-z-]+$/;

/** Codes of the framework's own refusals, as the facts they are. */
const FRAMEWORK: ReadonlyMap<string, (cause: unknown) => AppError> = new Map([
  ['FST_ERR_BAD_URL', () => new RouteMalformedError()],
  ['FST_ERR_MAX_PARAM_LENGTH', () => new RouteUnknownError()],
  ['FST_ERR_CTP_BODY_TOO_LARGE', () => new BodyTooLargeError()],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', () => new BodyTypeUnsupportedError()],
  ['FST_ERR_CTP_INVALID_TYPE', () => new BodyTypeUnsupportedError()],
  ['FST_ERR_ROUTE_MISSING_CONTENT_TYPE', () => new BodyTypeUnsupportedError()],
  ['FST_ERR_CTP_EMPTY_TYPE', () => new BodyTypeUnsupportedError()],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', malformed],
  ['FST_ERR_CTP_INVALID_JSON_BODY', malformed],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', malformed],
]);

/**
 * The fact behind an error, if it is one of ours: itself, a refusal of a framework, or what a library has wrapped. A wrapper that merely
 * copied the code gives the code alone, because its message may hold a statement.
 */
export function appErrorOf(error: unknown): AppError | { readonly code: string } | undefined {
  let wrapped: { readonly code: string } | undefined;
  for (const cause of causesOf(error)) {
    const fact = cause instanceof AppError && !(cause instanceof StatementDeadlineError) ? cause : translated(cause);
    // What a wrapper copied is the outer fact; one further in is only its cause.
    if (fact) return wrapped && wrapped.code !== fact.code ? wrapped : fact;
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string' && CODE.test(code)) wrapped ??= { code };
  }
  return wrapped;
}

function translated(error: Error): AppError | undefined {
  // Of a tenant's database it is said before it comes here.
  if (isOutOfReach(error)) return new CatalogUnavailableError(error);
  if (error instanceof OptimisticLockError) return new StaleVersionError();
  // A value that no schema stopped; which one it was is in a message that quotes it.
  if (sqlStateOf(error)?.startsWith('22')) return new ValidationFailedError([], { cause: error });
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const framework = typeof code === 'string' ? FRAMEWORK.get(code) : undefined;
  if (framework) return framework(error);
  if (error instanceof SyntaxError && statusCode === 400) return malformed(error);
  if (error instanceof HttpException && error.getStatus() === 404) return new RouteUnknownError();
  return undefined;
}

function malformed(cause: unknown): AppError {
  return new BodyMalformedError({ cause });
}
