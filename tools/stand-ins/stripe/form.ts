import { z } from 'zod';
import { StripeRefusal } from './stripe-refusal.js';

export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = Record<string, FormValue>;

/** Reads `a[b][0][c]=d` as the protocol nests it. Raises StripeRefusal on what cannot be nested. */
export function readForm(params: URLSearchParams): Form {
  const root: Form = Object.create(null) as Form;
  for (const [name, value] of params) {
    const path = [...name.matchAll(/^[^[\]]+|\[([^[\]]*)\]/g)].map((match) => match[1] ?? match[0]);
    if (path.length === 0) throw StripeRefusal.invalid(`Invalid parameter name: ${name}`);
    put(root, path, value);
  }
  return unlisted(root) as Form;
}

/** What a route takes. Raises StripeRefusal naming the first parameter that is unknown, missing or of another type, and saves nothing under the key. */
export function parsed<T extends z.ZodType>(schema: T, form: Form): z.infer<T> {
  const result = schema.safeParse(form);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const at = issue?.path.map(String) ?? [];
  const param = (unknown === undefined ? at : [...at, unknown]).reduce((left, part) => (left === '' ? part : `${left}[${part}]`), '');
  const message = unknown === undefined ? `Invalid or missing value: ${param}` : `Received unknown parameter: ${param}`;
  const code = unknown === undefined ? 'parameter_invalid' : 'parameter_unknown';
  throw new StripeRefusal(400, { type: 'invalid_request_error', message, code, param }, false);
}

export const Int = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);
export const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const Expand = z.array(z.string()).optional();
/** An empty text takes a key away, as the protocol has it. */
export const Metadata = z.union([z.literal(''), z.record(z.string().max(40), z.string().max(500))]).optional();
export const Paging = {
  limit: Int.pipe(z.number().min(1).max(100)).default(10),
  starting_after: z.string().optional(),
  ending_before: z.string().optional(),
  expand: Expand,
};
export const Created = z
  .union([Int, z.strictObject({ gt: Int.optional(), gte: Int.optional(), lt: Int.optional(), lte: Int.optional() })])
  .optional();

/** The metadata after a change: keys that are not named stay. */
export function mergedMetadata(kept: Record<string, string>, change: z.infer<typeof Metadata>): Record<string, string> {
  if (change === '') return {};
  return Object.fromEntries(Object.entries({ ...kept, ...change }).filter(([, value]) => value !== ''));
}

/** Whether a time lies in the range that a list asks for. */
export function isWithin(range: z.infer<typeof Created>, at: number): boolean {
  if (range === undefined) return true;
  if (typeof range === 'number') return at === range;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return at > gt && at >= gte && at < lt && at <= lte;
}

function put(root: Form, path: readonly string[], value: string): void {
  let place = root;
  for (const [depth, part] of path.entries()) {
    const name = part === '' ? String(Object.keys(place).length) : part;
    if (depth === path.length - 1) {
      place[name] = value;
      return;
    }
    const next = (place[name] ??= Object.create(null) as Form);
    if (typeof next === 'string' || Array.isArray(next)) throw StripeRefusal.invalid(`Invalid parameter: ${path.join('.')}`);
    place = next;
  }
}

/** Names that count up from nought are a list. */
function unlisted(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, unlisted(each)] as const);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
