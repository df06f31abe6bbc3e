import type { RunEvent, RunState } from '#catalog/fleet/migration-run.js';
import type { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { FleetStreams } from '#control/fleet/fleet-streams.js';

describe('watching a run', () => {
  /** A run with that story, of which so much is read at once. */
  const streamsOf = (states: readonly RunState[], atOnce: number): FleetStreams => {
    const targets = { total: 1, migrated: 0, failed: 0, skipped: 0, pending: 1 };
    const story = states.map((state, index): RunEvent => ({ seq: index + 1, at: new Date(), state, wave: 1, targets, failures: [] }));
    return new FleetStreams({
      events: async (_id: string, after: number) => story.filter(({ seq }) => seq > after).slice(0, atOnce),
      newestEvent: async () => story.length,
      report: async () => ({ state: states.at(-1) }),
    } as unknown as MigrationRuns);
  };
  const seen = async (streams: FleetStreams, lastEventId?: string): Promise<string[]> => {
    const parts: string[] = [];
    for await (const part of streams.begin('a run', lastEventId, 'here').stream) parts.push(String(part));
    return [...parts.join('').matchAll(/"state":"([a-z]+)"/g)].map(([, state = '']) => state);
  };

  it('ends with the end of the run, and not with one after which it was resumed', async () => {
    const story: RunState[] = ['running', 'failed', 'running', 'done'];
    for (const atOnce of [1, 2, 500]) expect(await seen(streamsOf(story, atOnce))).toEqual(story);
  });

  it('shows what comes after the last that was seen, and nothing when that was the end', async () => {
    const story: RunState[] = ['running', 'failed', 'running', 'aborted'];
    expect(await seen(streamsOf(story, 500), '2')).toEqual(['running', 'aborted']);
    expect(await seen(streamsOf(story, 500), '4')).toEqual([]);
  });
});
