/** A read that is under way. It may be remembered only if nothing it could speak of changed since it began. */
export class TenantLoad {
  readonly #changed = new Set<string>();
  #everything = false;

  /** Whether the answer may be remembered: a tenant by its id, null for "there is none", which a change of any tenant could refute. */
  mayKeep(tenantId: string | null): boolean {
    if (this.#everything) return false;
    return tenantId === null ? this.#changed.size === 0 : !this.#changed.has(tenantId);
  }

  overtake(tenantId: string | null): void {
    if (tenantId === null) this.#everything = true;
    else this.#changed.add(tenantId);
  }
}

/** One read at a time for each question, and none of them written back, or joined, after a change that came while it ran. */
export class TenantLoads {
  readonly #underWay = new Set<TenantLoad>();
  readonly #joinable = new Map<string, Promise<unknown>>();

  /** The answer of the read under way for this question, or of a new one. */
  join<T>(question: string, read: (load: TenantLoad) => Promise<T>): Promise<T> {
    return (this.#joinable.get(question) as Promise<T> | undefined) ?? this.begin(question, read);
  }

  /** A new read, which later callers of the same question join. */
  begin<T>(question: string, read: (load: TenantLoad) => Promise<T>): Promise<T> {
    const load = new TenantLoad();
    this.#underWay.add(load);
    const answer = read(load).finally(() => {
      this.#underWay.delete(load);
      if (this.#joinable.get(question) === answer) this.#joinable.delete(question);
    });
    this.#joinable.set(question, answer);
    return answer;
  }

  /** This tenant (null: any tenant) changed now. */
  overtake(tenantId: string | null): void {
    for (const load of this.#underWay) load.overtake(tenantId);
    for (const question of this.#joinable.keys()) {
      // A question by another tenant's id cannot be about this one; a question by name could.
      if (tenantId === null || !question.startsWith('id:') || question === `id:${tenantId}`) this.#joinable.delete(question);
    }
  }
}
