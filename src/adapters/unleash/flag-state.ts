import type { ClientFeaturesResponse } from 'unleash-client';

/** What Unleash says of flags, and when it was said (ISO, UTC). */
export interface FlagState extends Pick<ClientFeaturesResponse, 'version' | 'features' | 'segments'> {
  readonly at: string;
}

/**
 * What a value from outside says of flags, null when it is not to be believed: when its parts are not of the right shape, or when it names
 * none of the flags we have, as the answer of a server that was set up anew does.
 */
export function readFlagState(value: unknown, known: readonly string[], at?: Date): FlagState | null {
  if (!isRecord(value) || !isListOf(value['features'], isFeature)) return null;
  const segments = value['segments'] ?? [];
  if (!isListOf(segments, isSegment)) return null;
  const time = at?.toISOString() ?? value['at'];
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return null;
  const features = value['features'] as FlagState['features'];
  if (!features.some(({ name }) => known.includes(name))) return null;
  return { at: time, version: 2, features, segments: segments as NonNullable<FlagState['segments']> };
}

function isFeature(value: unknown): boolean {
  if (!isRecord(value) || typeof value['name'] !== 'string' || typeof value['enabled'] !== 'boolean') return false;
  return isListOf(value['strategies'], isStrategy) && isListOf(value['variants'] ?? [], isRecord);
}

function isStrategy(value: unknown): boolean {
  return isRecord(value) && typeof value['name'] === 'string' && isListOf(value['constraints'] ?? [], isConstraint);
}

function isSegment(value: unknown): boolean {
  return isRecord(value) && typeof value['id'] === 'number' && isListOf(value['constraints'] ?? [], isConstraint);
}

function isConstraint(value: unknown): boolean {
  return isRecord(value) && typeof value['contextName'] === 'string' && typeof value['operator'] === 'string';
}

function isListOf(value: unknown, isRight: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isRight);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
