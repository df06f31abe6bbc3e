import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { NothingRunningError } from '#tools/demo/demo.errors.js';

/** What a running `npm start` says of itself. */
export interface RunningStart {
  readonly dataDir: string;
  readonly port: number;
  readonly baseUrl: string;
  /** A superuser on each server; null for a server of somebody's own whose superuser is not known. */
  readonly clusters: Readonly<Record<string, { readonly region: string; readonly superuserUrl: string | null }>>;
}

type RunFile = Omit<RunningStart, 'dataDir'> & { readonly pid: number };

/** Raises NothingRunningError. */
export async function findRunningStart(environment: NodeJS.ProcessEnv, root: string): Promise<RunningStart> {
  const dataDir = resolve(root, environment['TENANTRY_DATA_DIR'] ?? '.data');
  const run = await readFile(join(dataDir, 'run.json'), 'utf8').then(
    (text) => JSON.parse(text) as RunFile,
    () => null,
  );
  if (!run || !isAlive(run.pid)) throw new NothingRunningError(dataDir);
  const { port, baseUrl, clusters } = run;
  return { dataDir, port, baseUrl, clusters };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
