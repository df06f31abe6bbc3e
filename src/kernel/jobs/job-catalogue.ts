import type { JobDeclaration, JobHandlerClass } from '#kernel/jobs/job-handler.js';
import { JobUnknownError } from '#kernel/jobs/job.errors.js';

/** Every kind of job this release knows, by name and by the events that cause it. Raises TypeError when two have one name. */
export class JobCatalogue {
  readonly #byName: ReadonlyMap<string, JobHandlerClass>;
  readonly #byEvent: ReadonlyMap<string, readonly JobDeclaration[]>;

  constructor(handlers: readonly JobHandlerClass[]) {
    this.#byName = new Map(handlers.map((handler) => [handler.job.name, handler]));
    if (this.#byName.size !== handlers.length) throw new TypeError('two kinds of job have one name');
    const pairs = handlers.flatMap(({ job }) => (job.on ?? []).map(({ name }) => ({ name, job })));
    this.#byEvent = new Map([...Map.groupBy(pairs, ({ name }) => name)].map(([name, found]) => [name, found.map(({ job }) => job)]));
  }

  get all(): readonly JobHandlerClass[] {
    return [...this.#byName.values()];
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** The kinds that an event causes; none when nobody acts on it. */
  causedBy(event: string): readonly JobDeclaration[] {
    return this.#byEvent.get(event) ?? [];
  }

  /** Raises JobUnknownError. */
  require(name: string): JobHandlerClass {
    const handler = this.#byName.get(name);
    if (!handler) throw new JobUnknownError(name);
    return handler;
  }
}
