import { z } from 'zod';

/** What tests and demonstrations ask for: `next` is used up, one fault a request, in order; `always` stays until it is set to null; `path` narrows both to a prefix, `method` to requests of it. */
export interface FaultPlan<Fault> {
  readonly next?: readonly Fault[] | undefined;
  readonly always?: Fault | null | undefined;
  readonly path?: string | undefined;
  readonly method?: string | undefined;
}

interface Planned<Fault> {
  readonly fault: Fault;
  readonly path: string | undefined;
  readonly method: string | undefined;
}

/** The faults still to come. One that stays is kept per path, so that two specs do not undo each other's. */
export class Faults<Fault> {
  private readonly plans: z.ZodType<FaultPlan<Fault>>;
  private next: Planned<Fault>[] = [];
  private always: Planned<Fault>[] = [];

  /** `fault` says which faults this stand-in has. */
  constructor(fault: z.ZodType<Fault>) {
    this.plans = z.strictObject({
      next: z.array(fault).optional(),
      always: fault.nullish(),
      path: z.string().startsWith('/').optional(),
      method: z.string().optional(),
    });
  }

  /** Raises a ZodError on what is no plan of this stand-in. `always: null` without a path takes away all that stay. */
  plan(asked: unknown): void {
    const { next = [], always, path, method } = this.plans.parse(asked);
    this.next.push(...next.map((fault) => ({ fault, path, method })));
    if (always === undefined) return;
    this.always = this.always.filter((each) => each.path !== path && (always !== null || path !== undefined));
    if (always !== null) this.always.push({ fault: always, path, method });
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.next = [];
    this.always = [];
  }

  /** The fault of one request; `meetsAny` is whether it also meets faults that were planned without a path. */
  take(path: string, meetsAny: boolean, method?: string): Fault | undefined {
    const meets = (each: Planned<Fault>): boolean =>
      (each.path === undefined ? meetsAny : path.startsWith(each.path)) && (each.method === undefined || each.method === method);
    const index = this.next.findIndex(meets);
    if (index >= 0) return this.next.splice(index, 1)[0]?.fault;
    return this.always.find(meets)?.fault;
  }
}
