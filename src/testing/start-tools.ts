import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Processes that end with the one that began them. */
export interface Children {
  stop(): Promise<void>;
}

interface Home {
  readonly outside: string | undefined;
}

type Settings = Record<string, string>;

/** What the start-up script starts servers with. */
export interface StartTools {
  readonly Children: new (recordFile: string, removeAtTheEnd: string[]) => Children;
  readonly postgresHome: (dataDir: string, say: (line: string) => void) => Home;
  readonly portsFor: (dataDir: string, names: string[]) => Promise<Record<string, number>>;
  readonly startPostgres: (
    children: Children,
    home: Home,
    cluster: { name: string; port: number; password: string; isFast: boolean },
  ) => Promise<void>;
  readonly startServers: (options: {
    dataDir: string;
    children: Children;
    home: Home;
    given: Settings;
    isFast: boolean;
    say: (line: string) => void;
  }) => Promise<{ settings: Settings }>;
  readonly bringUp: (children: Children, dataDir: string, env: NodeJS.ProcessEnv) => Promise<void>;
  readonly withoutSettings: (env: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
}

const FILES = ['children.mjs', 'postgres-home.mjs', 'ports.mjs', 'postgres.mjs', 'servers.mjs', 'bring-up.mjs', 'settings.mjs'];

/** Reads them where they lie: they are programs of their own, which no build makes. */
export async function startTools(): Promise<StartTools> {
  const from = (file: string): Promise<object> =>
    import(pathToFileURL(join(import.meta.dirname, '../../tools/start', file)).href) as Promise<object>;
  return Object.assign({}, ...(await Promise.all(FILES.map(from)))) as StartTools;
}
