import { AppError } from '#kernel/errors/app-error.js';

/** Nothing that could be shown is running. */
export class NothingRunningError extends AppError {
  readonly code = 'demo.nothing-running';

  constructor(readonly dataDir: string) {
    super(
      `Nothing runs with the data folder ${dataDir}. Run "npm start" in another terminal, then "npm run demo" again (TENANTRY_DATA_DIR alike).`,
    );
  }
}

/** A command of the operators' command line failed. */
export class CommandFailedError extends AppError {
  readonly code = 'demo.command-failed';

  constructor(
    readonly command: string,
    readonly output: string,
  ) {
    super(`"tenantry ${command}" failed: ${output}`);
  }
}
