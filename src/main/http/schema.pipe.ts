import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { BodyMalformedError, type FieldProblem, RouteUnknownError, ValidationFailedError } from '#main/http/http.errors.js';

type Outcome = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

const PROBLEMS_AT_MOST = 50;

/**
 * Checks what a parameter's schema describes, and gives what the schema made of it. A part of the path that is not acceptable names
 * nothing; a body that is missing is malformed, unless its schema is optional; for the rest every problem is listed.
 */
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { schema, type }: ArgumentMetadata): unknown {
    if (!schema) return value;
    const checked = schema['~standard'].validate(value);
    return checked instanceof Promise ? checked.then((outcome) => accepted(outcome, type, value)) : accepted(checked, type, value);
  }
}

function accepted(outcome: Outcome, type: ArgumentMetadata['type'], given: unknown): unknown {
  if (!outcome.issues) return outcome.value;
  if (type === 'body' && given === undefined) throw new BodyMalformedError();
  if (type === 'param') throw new RouteUnknownError();
  throw new ValidationFailedError(outcome.issues.slice(0, PROBLEMS_AT_MOST).map(toFieldProblem));
}

function toFieldProblem({ message, path = [] }: Issue): FieldProblem {
  const keys = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return { pointer: keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), detail: message };
}
