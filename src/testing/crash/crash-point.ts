import type { OnboardingStep } from '#control/onboarding/onboarding-plan.js';
import type { WorkKind } from '#control/work/work-kind.js';

/** A place in a work at which its process is killed. */
export interface CrashPoint {
  readonly step: OnboardingStep;
  readonly direction: 'run' | 'undo';
  readonly when: 'before' | 'after';
}

/** Steps that take something back, in the order in which they do. */
export const UNDONE_STEPS: readonly OnboardingStep[] = ['activate', 'billing-subscription', 'billing-customer', 'prepare', 'reserve'];

/** The kind as a process does it that is killed with SIGKILL when it comes to the point. */
export function crashingAt<Input extends object>(kind: WorkKind<Input>, point: CrashPoint): WorkKind<Input> {
  const steps = kind.steps.map((step) => {
    const { run, undo } = step;
    const isPoint = (direction: 'run' | 'undo'): boolean => step.name === point.step && direction === point.direction;
    return {
      ...step,
      run: (...given: Parameters<typeof run>) => around(isPoint('run') ? point.when : null, () => run(...given)),
      ...(undo && {
        undo: (...given: Parameters<typeof undo>) => around(isPoint('undo') ? point.when : null, () => undo(...given)),
      }),
    };
  });
  return { ...kind, steps };
}

async function around<T>(when: CrashPoint['when'] | null, work: () => Promise<T>): Promise<T> {
  if (when === 'before') die();
  const result = await work();
  if (when === 'after') die();
  return result;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered when the process is next scheduled, which may be after the next line.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
}
