/**
 * At most one refresh of a tenant under way and one waiting. Whoever asks waits for one that begins after the asking: the one
 * under way may have read just before the change that made them ask.
 */
export class RefreshQueue<T> {
  readonly #underWay = new Map<string, Promise<T>>();
  readonly #waiting = new Map<string, Promise<T>>();

  constructor(private readonly refresh: (tenantId: string) => Promise<T>) {}

  ask(tenantId: string): Promise<T> {
    const waiting = this.#waiting.get(tenantId);
    if (waiting) return waiting;
    const running = this.#underWay.get(tenantId);
    if (!running) return this.#begin(tenantId);
    const next = (): Promise<T> => {
      this.#waiting.delete(tenantId);
      return this.#begin(tenantId);
    };
    const asked = running.then(next, next);
    this.#waiting.set(tenantId, asked);
    return asked;
  }

  #begin(tenantId: string): Promise<T> {
    const running = this.refresh(tenantId).finally(() => {
      if (this.#underWay.get(tenantId) === running) this.#underWay.delete(tenantId);
    });
    this.#underWay.set(tenantId, running);
    return running;
  }
}
