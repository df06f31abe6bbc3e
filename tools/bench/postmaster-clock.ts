import { readFileSync } from 'node:fs';
import pg from 'pg';

/** Processor time of database servers, all their processes together, read from /proc; microseconds. NaN where there is no /proc. */
export class PostmasterClock {
  #last = new Map<string, number>();

  private constructor(private readonly postmasters: readonly string[]) {}

  static async of(superuserUrls: readonly string[]): Promise<PostmasterClock> {
    return new PostmasterClock(await Promise.all(superuserUrls.map(postmasterOf)));
  }

  /** What was used since the last lap; a process that has ended takes its last bit with it. */
  lap(): number {
    const now = new Map(this.postmasters.flatMap(childrenOf).map((pid) => [pid, nanosecondsOf(pid)]));
    let used = 0;
    for (const [pid, nanoseconds] of now) used += Math.max(0, nanoseconds - (this.#last.get(pid) ?? 0));
    this.#last = now;
    return now.size === 0 ? NaN : used / 1_000;
  }
}

async function postmasterOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const stat = readOr(`/proc/${String(rows[0]?.pid)}/stat`);
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
  } finally {
    await client.end();
  }
}

function childrenOf(pid: string): string[] {
  return readOr(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
}

/** Of one process, all its threads: of those PostgreSQL has one. */
function nanosecondsOf(pid: string): number {
  return Number(readOr(`/proc/${pid}/schedstat`).split(' ')[0]);
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between two looks, or the system has no /proc.
    return '';
  }
}
