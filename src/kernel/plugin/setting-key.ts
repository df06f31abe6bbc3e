import type { FlagName } from '#kernel/flags/flag-registry.js';

/** A schema of the Standard Schema kind (zod's are), which says what a value may be. */
export interface ValueSchema<Value> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => ValueResult<Value> | Promise<ValueResult<Value>>;
  };
}

type ValueResult<Value> =
  | { readonly value: Value; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** A typed setting of a tenant: its name, what it may be, and what it is when nobody says otherwise. */
export interface SettingKey<Value = unknown> {
  /** `area.key`; written down by tenants and operators, so it never changes. */
  readonly name: `${string}.${string}`;
  readonly schema: ValueSchema<Value>;
  readonly default: Value;
  readonly description: string;
  /** The part of the product that asks for it, and whose people answer for it. */
  readonly owner: string;
  /** How far what a tenant says for itself counts, given what would hold without it; without this it counts as it is. */
  narrow?(own: Value, given: Value): Value;
  /** What must be there too for a value of true to count. */
  readonly gate?: { readonly feature: string; readonly flag?: FlagName };
}

/** Declares a setting; parts of the product list theirs as `settings` of their Plugin. */
export function settingKey<Value>(key: SettingKey<Value>): SettingKey<Value> {
  return Object.freeze(key);
}

/** `narrow` of a limit: a tenant may have less than it was given, and not more. */
export function atMostGiven(own: number, given: number): number {
  return Math.min(own, given);
}

/** A value held against its key's schema. */
export type CheckedSetting<Value> =
  | { readonly value: Value; readonly problems?: undefined }
  | { readonly problems: readonly { readonly pointer: string; readonly detail: string }[] };

/** Each problem with its JSON pointer inside the value. Raises TypeError for a schema that does not answer at once. */
export function checkSetting<Value>({ schema }: Pick<SettingKey<Value>, 'schema'>, value: unknown): CheckedSetting<Value> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new TypeError('the schema of a setting answers at once');
  if (!result.issues) return { value: result.value };
  return {
    problems: result.issues.map(({ message, path = [] }) => ({
      pointer: path.map((step) => `/${stepOf(step)}`).join(''),
      detail: message,
    })),
  };
}

function stepOf(step: unknown): string {
  const key = typeof step === 'object' && step !== null && 'key' in step ? step.key : step;
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}
