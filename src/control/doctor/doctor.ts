import type { Sightings } from '#catalog/doctor/sightings.js';
import type { Check, Finding } from '#control/doctor/check.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { Clock } from '#kernel/work/clock.js';

/** What became of a finding: nothing was done, it is too young, it was put right, or that failed. */
export type Outcome = 'found' | 'spared' | 'mended' | 'failed';

export interface Diagnosis extends Pick<Finding, 'subject' | 'problem'> {
  readonly isMendable: boolean;
  /** RFC 3339; since when the doctor has seen it, for what may be young. */
  readonly since: string | null;
  readonly outcome: Outcome;
  readonly error?: string;
}

/** One check: `ok`, `found` (something is wrong), or `unseen` (it could not be looked at). */
export interface CheckReport {
  readonly name: string;
  readonly status: 'ok' | 'found' | 'unseen';
  readonly findings: readonly Diagnosis[];
  readonly error?: string;
}

export interface DoctorOptions {
  readonly checks: readonly Check[];
  readonly sightings: Sightings;
  readonly clock: Clock;
  /** How long something must have been nobody's before it is taken away, in milliseconds: longer than the longest sign-up or erasure takes. */
  readonly sparedMs: number;
}

/** Looks for what is drifted, orphaned or stuck, and mends it when it is told to. One check that cannot be done stops no other. */
export class Doctor {
  constructor(readonly options: DoctorOptions) {}

  async *examine(isMending: boolean): AsyncGenerator<CheckReport> {
    for (const check of this.options.checks) yield await this.#report(check, isMending);
  }

  async #report(check: Check, isMending: boolean): Promise<CheckReport> {
    const { name } = check;
    try {
      const found = await check.look();
      const since = await this.options.sightings.note(
        found.filter(({ mayBeYoung }) => mayBeYoung).map(({ subject }) => subject),
        this.options.clock.now(),
      );
      const findings: Diagnosis[] = [];
      for (const finding of found) findings.push(await this.#diagnose(finding, since.get(finding.subject) ?? null, isMending));
      return { name, status: findings.every(({ outcome }) => outcome === 'mended') ? 'ok' : 'found', findings };
    } catch (error) {
      return { name, status: 'unseen', findings: [], error: failureText(error) };
    }
  }

  async #diagnose({ subject, problem, mend }: Finding, since: Date | null, isMending: boolean): Promise<Diagnosis> {
    const known = { subject, problem, isMendable: mend !== null, since: since?.toISOString() ?? null };
    if (!isMending || !mend) return { ...known, outcome: 'found' };
    if (since && this.options.clock.now().getTime() - since.getTime() < this.options.sparedMs) return { ...known, outcome: 'spared' };
    try {
      await mend();
      if (since) await this.options.sightings.forget(subject);
      return { ...known, outcome: 'mended' };
    } catch (error) {
      return { ...known, outcome: 'failed', error: failureText(error) };
    }
  }
}
