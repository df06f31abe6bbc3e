import { z } from 'zod';

const Fault = z.strictObject({
  status: z.int().min(400).max(599).optional(),
  retryAfter: z.number().min(0).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  /** `true` hangs up before the work is done, `"after"` does it and loses the answer. */
  drop: z.union([z.literal(true), z.literal('after')]).optional(),
});

/** `next` is used up, one fault a request, in order; `always` stays until it is set to null; `path` narrows both to a prefix. */
export const FaultPlan = z.strictObject({
  next: z.array(Fault).optional(),
  always: Fault.nullish(),
  path: z.string().startsWith('/').optional(),
});

export type Fault = z.infer<typeof Fault>;
export type FaultPlan = z.infer<typeof FaultPlan>;

/** The faults still to come. Without a path they meet the vault's own requests only, never those for a token. */
export class Faults {
  private next: { fault: Fault; path: string | undefined }[] = [];
  private always: { fault: Fault; path: string | undefined } | undefined;

  plan({ next, always, path }: FaultPlan): void {
    this.next.push(...(next ?? []).map((fault) => ({ fault, path })));
    if (always !== undefined) this.always = always === null ? undefined : { fault: always, path };
  }

  take(path: string, isVault: boolean): Fault | undefined {
    const meets = (each: { path: string | undefined }): boolean => (each.path === undefined ? isVault : path.startsWith(each.path));
    const index = this.next.findIndex(meets);
    if (index >= 0) return this.next.splice(index, 1)[0]?.fault;
    return this.always && meets(this.always) ? this.always.fault : undefined;
  }
}
