/** How streams are held, all times in milliseconds. */
export interface StreamLimits {
  readonly perMember: number;
  readonly perProcess: number;
  /** How often a stream says that it is there. */
  readonly commentEveryMs: number;
  /** How often it is asked whether a stream may go on, and looked for what was missed while nothing is heard. */
  readonly checkEveryMs: number;
  /** Into so many parts that time is cut; in each its share of the streams is checked, because all at once would ask for more connections than a tenant has. */
  readonly checkParts: number;
  /** In so many checks the inbox is looked into even though all is heard: who told may have died before it said so. */
  readonly lookEvery: number;
  /** How far back what was missed is shown again. */
  readonly replayMs: number;
  /** How many rows are read at once, and how many bytes may wait for a reader. */
  readonly batch: number;
  readonly waitingBytes: number;
  /** How long a reader may take nothing while something waits. */
  readonly stalledMs: number;
}

export const STREAM_LIMITS: StreamLimits = {
  perMember: 10,
  perProcess: 5_000,
  commentEveryMs: 20_000,
  checkEveryMs: 10_000,
  checkParts: 40,
  lookEvery: 6,
  replayMs: 86_400_000,
  batch: 50,
  waitingBytes: 64 * 1024,
  stalledMs: 20_000,
};
