import { AppError } from '#kernel/errors/app-error.js';

/** One try of a work as its steps see it. */
export interface WorkTry {
  readonly id: string;
  /** Goes up with each try; the same step may be begun in several. */
  readonly attempt: number;
  readonly tenantId: string | null;
  readonly createdAt: Date;
  /** What the steps gave that are done, by name. */
  readonly done: Readonly<Record<string, object | undefined>>;
  /** Aborted when the process is being stopped, the time is over, or the work was given to another. */
  readonly signal: AbortSignal;
}

/** A part of a work. Both directions may be repeated, also after a crash half way; `undo` succeeds when there is nothing to take back. */
export interface WorkStep<Input extends object = object> {
  readonly name: string;
  /** What it gives is kept (plain JSON, no secret) and handed to the steps after it. */
  run(input: Input, work: WorkTry): Promise<object | void>; // eslint-disable-line @typescript-eslint/no-invalid-void-type -- most steps give nothing
  undo?(input: Input, work: WorkTry): Promise<void>;
}

/**
 * A kind of what the platform does outside a tenant: steps that are done one after the other. When one cannot be done, those that were begun
 * are taken back in the opposite order; what has nothing to take back is `failed`.
 */
export interface WorkKind<Input extends object = object> {
  /** `area.what`; kept in the database, so it never changes. */
  readonly name: `${string}.${string}`;
  readonly steps: readonly WorkStep<Input>[];
  /**
   * The step after which nothing is taken back any more: what cannot be done later needs somebody (`needs_human`), and a retry goes on from there.
   */
  readonly pivot?: string;
  /** How often a step is tried in a row before it is given up; 8 when not said. */
  readonly attempts?: number;
  /** How long one try of a step may take, in milliseconds; 60,000 when not said. */
  readonly timeoutMs?: number;
  /** How long to wait after so many failures in a row, in milliseconds; the usual doubling when not said. */
  readonly againAfterMs?: (failures: number) => number;
}

/** The tenant a work is for. Raises UnrecoverableWorkError when it is for none. */
export function tenantOfWork({ tenantId }: Pick<WorkTry, 'tenantId'>): string {
  if (tenantId === null) throw new UnrecoverableWorkError('This work is for a tenant, and names none.');
  return tenantId;
}

/** The same; what is refused in these ways is refused however often it is tried. Raises UnrecoverableWorkError, with the refusal's code and words. */
export async function hopelessOn<T>(asked: Promise<T>, ...refusals: readonly (abstract new (...made: never[]) => AppError)[]): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AppError && refusals.some((refusal) => error instanceof refusal))
      throw new UnrecoverableWorkError(error.message, { code: error.code, cause: error });
    throw error;
  }
}

/** Another process can do it and this one cannot, which is no failure: it is left to whoever comes. */
export class WorkElsewhereError extends AppError {
  readonly code: string;

  constructor(override readonly cause: AppError) {
    super(cause.message);
    this.code = cause.code;
  }
}

/** Trying again cannot help: what was begun is taken back at once. */
export class UnrecoverableWorkError extends AppError {
  readonly code: string;

  constructor(message: string, options?: ErrorOptions & { readonly code?: string }) {
    super(message, options);
    this.code = options?.code ?? 'work.unrecoverable';
  }
}
