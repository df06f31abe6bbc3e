/** The places at which a worker of the specs can be killed, in the order in which a try passes them. */
export const KILL_POINTS = ['before-claim', 'after-claim', 'in-handler', 'before-commit', 'after-commit'] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

let armed: { point: KillPoint; left: number } | null = null;

/** From now on this process is killed with SIGKILL when it passes the point for the nth time. */
export function arm(point: KillPoint, nth: number): void {
  armed = { point, left: nth };
}

/** Called where the point is. */
export function passing(point: KillPoint): void {
  if (armed?.point !== point || --armed.left > 0) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered when the process is next scheduled, which may be after the next line.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
}
