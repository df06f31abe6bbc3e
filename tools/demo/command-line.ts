import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CommandFailedError } from '#tools/demo/demo.errors.js';

/** The operators' command line, as an operator would use it. */
export class CommandLine {
  constructor(
    private readonly root: string,
    private readonly dataDir: string,
  ) {}

  /** The JSON documents it printed, one a line. Raises CommandFailedError, unless a failure is what is wanted to be seen. */
  async run(args: readonly string[], options: { input?: string; mayFail?: boolean } = {}): Promise<unknown[]> {
    const program = spawn(process.execPath, [join(this.root, 'tools/start/tenantry.mjs'), ...args], {
      env: { ...process.env, TENANTRY_DATA_DIR: this.dataDir, LOG_LEVEL: 'silent' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    program.stdin.end(options.input ?? '');
    const ended = new Promise<number | null>((resolve, reject) => program.once('error', reject).once('exit', resolve));
    const [output, problems, code] = await Promise.all([text(program.stdout), text(program.stderr), ended]);
    if (code !== 0 && !options.mayFail) throw new CommandFailedError(args.join(' '), problems.trim() || output.trim());
    return output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  }
}
