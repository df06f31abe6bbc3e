import { AppError } from '#kernel/errors/app-error.js';

/** The database has what no export knows of, or lacks what an export has to have; an export that is not whole is none. */
export class ExportIncompleteError extends AppError {
  readonly code = 'lifecycle.export-incomplete';

  constructor(
    /** `table.column`, of the database alone. */
    readonly missing: readonly string[],
    /** Declared and not in the database. */
    readonly gone: readonly string[],
  ) {
    const parts = [missing.length > 0 && `not declared: ${missing.join(', ')}`, gone.length > 0 && `not there: ${gone.join(', ')}`];
    super(`The export would not be whole (${parts.filter(Boolean).join('; ')}).`);
  }
}

/** What is to be imported is not an export, not a whole one, or one of another version. */
export class ImportRefusedError extends AppError {
  readonly code = 'lifecycle.import-refused';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The import was refused: ${reason}.`, options);
  }
}

/** Nobody asked for that export, or it was taken away again. */
export class ExportNotFoundError extends AppError {
  readonly code = 'lifecycle.export-not-found';

  constructor(readonly exportId: string) {
    super('There is no such export.');
  }
}
