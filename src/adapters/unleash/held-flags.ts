import { EventEmitter } from 'node:events';
import type { UnleashConfig } from 'unleash-client';
import type { FlagState } from './flag-state.js';

type Repository = NonNullable<UnleashConfig['repository']>;
type Feature = ReturnType<Repository['getToggles']>[number];
type Segment = NonNullable<ReturnType<Repository['getSegment']>>;

/** The flags as they were last heard of, for Unleash's own evaluation to look into. It fetches nothing. */
export class HeldFlags extends EventEmitter implements Repository {
  #features = new Map<string, Feature>();
  #segments = new Map<number, Segment>();

  hold({ features, segments = [] }: Pick<FlagState, 'features' | 'segments'>): void {
    this.#features = new Map(features.map((feature) => [feature.name, feature]));
    this.#segments = new Map(segments.map((segment) => [segment.id, segment]));
  }

  getToggle(name: string): Feature | undefined {
    return this.#features.get(name);
  }

  getToggles(): Feature[] {
    return [...this.#features.values()];
  }

  getTogglesWithSegmentData(): ReturnType<Repository['getTogglesWithSegmentData']> {
    return this.getToggles().map(({ strategies, ...feature }) => ({
      ...feature,
      strategies: strategies?.map(({ segments, ...strategy }) => ({ ...strategy, segments: segments?.map((id) => this.getSegment(id)) })),
    }));
  }

  getSegment(id: number): Segment | undefined {
    return this.#segments.get(id);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): void {
    this.removeAllListeners();
  }
}
