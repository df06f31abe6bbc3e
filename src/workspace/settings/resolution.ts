import { type CheckedSetting, checkSetting, type SettingKey } from '#kernel/plugin/setting-key.js';
import type { StoredValue } from '#workspace/settings/stored-value.js';

/** Where a value can come from, the first of which counts; then what can still take it away. */
export const SETTING_SOURCES = ['override', 'tenant', 'plan', 'region', 'code', 'entitlement', 'flag'] as const;
export type SettingSource = (typeof SETTING_SOURCES)[number];

/** What became of a source: only one is `used`; `over` is past its end, `invalid` is not of the key's type. */
export type SourceState = 'used' | 'outranked' | 'absent' | 'over' | 'invalid';

/** A source that was looked at. */
export interface LookedAt {
  readonly source: SettingSource;
  readonly state: SourceState;
  /** Undefined when there is none. */
  readonly value?: unknown;
  readonly version: string | null;
  readonly at: Date | null;
  readonly until: Date | null;
}

/** A setting's value and why it is that. */
export interface Resolution<Value = unknown> {
  readonly value: Value;
  readonly winner: SettingSource;
  readonly reason: string;
  readonly sources: readonly LookedAt[];
}

/** Everything that speaks of one key for one tenant. */
export interface SpokenOf {
  readonly override: StoredValue | undefined;
  readonly tenant: StoredValue | undefined;
  readonly plan: unknown;
  readonly region: unknown;
  readonly presetsVersion: string;
  /** Whether the plan has the key's feature; true for a key without one. */
  readonly isEntitled: boolean;
  /** Whether the key's flag is on; true for a key without one. */
  readonly isFlagOn: boolean;
}

type Looked = { readonly state: 'absent' | 'over' | 'invalid' } | { readonly state: 'usable'; readonly value: unknown };

const REASONS: Readonly<Record<SettingSource, string>> = {
  override: 'The platform says so, whatever the tenant says.',
  tenant: 'The tenant says so.',
  plan: 'The plan has it so.',
  region: 'It is so in the region.',
  code: 'Nobody says otherwise.',
  entitlement: 'The plan does not have the feature.',
  flag: 'The flag is off.',
};

/**
 * Merges what is said of a key: the platform's override, the tenant's own, the plan's, the region's, and the code's. What has ended does not
 * count from that very moment. What was written down and is not of the key's type counts as nothing, and makes it the code's value: the one
 * that is surely safe. Last, what is true stays so only while the plan has the feature and the flag is on.
 */
export function resolveSetting<Value>(key: SettingKey<Value>, said: SpokenOf, now: Date): Resolution<Value> {
  const stored = { override: look(key, said.override, now), tenant: look(key, said.tenant, now) };
  const given = (said.plan ?? said.region ?? key.default) as Value;
  const own = stored.tenant.state === 'usable' ? (stored.tenant.value as Value) : given;
  const narrowed = key.narrow ? key.narrow(own, given) : own;
  let [winner, value] = chosen(key, stored, said, narrowed);
  let reason = winner === 'tenant' && narrowed !== own ? 'The tenant says so, as far as it may.' : REASONS[winner];
  if (isBroken(stored)) reason = 'What is written down is not of the type of this setting.';
  if (key.gate && value === true && !(said.isEntitled && said.isFlagOn)) {
    winner = said.isEntitled ? 'flag' : 'entitlement';
    value = false as Value;
    reason = REASONS[winner];
  }
  return { value, winner, reason, sources: sourcesOf(key, said, stored, winner) };
}

function look(key: SettingKey, row: StoredValue | undefined, now: Date): Looked {
  if (row?.value === undefined) return { state: 'absent' };
  if (row.until !== null && now >= row.until) return { state: 'over' };
  const checked: CheckedSetting<unknown> = checkSetting(key, row.value);
  return checked.problems ? { state: 'invalid' } : { state: 'usable', value: checked.value };
}

type Stored = { readonly override: Looked; readonly tenant: Looked };

function isBroken({ override, tenant }: Stored): boolean {
  return override.state === 'invalid' || (override.state !== 'usable' && tenant.state === 'invalid');
}

function chosen<Value>(key: SettingKey<Value>, stored: Stored, { plan, region }: SpokenOf, own: Value): [SettingSource, Value] {
  if (isBroken(stored)) return ['code', key.default];
  if (stored.override.state === 'usable') return ['override', stored.override.value as Value];
  if (stored.tenant.state === 'usable') return ['tenant', own];
  if (plan !== undefined) return ['plan', plan as Value];
  return region === undefined ? ['code', key.default] : ['region', region as Value];
}

function sourcesOf(key: SettingKey, said: SpokenOf, stored: Stored, winner: SettingSource): LookedAt[] {
  const entry = (source: SettingSource, state: SourceState, more: Partial<LookedAt> = {}): LookedAt => ({
    ...{ source, version: null, at: null, until: null },
    ...more,
    state: source === winner ? 'used' : state,
  });
  const written = (source: 'override' | 'tenant'): LookedAt => {
    const [row, { state }] = [said[source], stored[source]];
    const more = row && { value: row.value, version: String(row.version), at: row.at, until: row.until };
    return entry(source, state === 'usable' ? 'outranked' : state, more);
  };
  const preset = (source: 'plan' | 'region'): LookedAt =>
    said[source] === undefined
      ? entry(source, 'absent')
      : entry(source, 'outranked', { value: said[source], version: said.presetsVersion });
  const { gate } = key;
  return [
    ...[written('override'), written('tenant'), preset('plan'), preset('region')],
    entry('code', 'outranked', { value: key.default }),
    ...(gate ? [entry('entitlement', 'outranked', { value: said.isEntitled })] : []),
    ...(gate?.flag === undefined ? [] : [entry('flag', 'outranked', { value: said.isFlagOn })]),
  ];
}
