import { pino } from 'pino';
import { ONBOARDING } from '#control/onboarding/onboarding-plan.js';
import { UnrecoverableWorkError, type WorkKind } from '#control/work/work-kind.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { loadConfig } from '#main/config.js';
import { openPlatform } from '#main/platform.js';
import { openProvisioning } from '#main/provisioning.js';
import { openPlatformWork } from '#main/work-kinds.js';
import { crashingAt, type CrashPoint } from '#testing/crash/crash-point.js';

/** What the parent tells the process: which onboarding it runs, and where it is killed. */
export interface CrashOrder {
  readonly onboardingId: string;
  readonly point: CrashPoint;
  readonly leaseMs: number;
}

const { onboardingId, point, leaseMs } = JSON.parse(process.argv[2] ?? '') as CrashOrder;
const log = pino({ level: 'silent' });
const platform = await openPlatform(loadConfig(process.env), log);
const { kinds } = openPlatformWork(platform, await openProvisioning(platform));
const kind = kinds.find(({ name }) => name === ONBOARDING.name) as unknown as WorkKind;
/** For a way back there must be a failure: of the last step from which there is one, when it has done all it does. */
const failing: WorkKind = {
  ...kind,
  steps: kind.steps.map((step) =>
    step.name === ONBOARDING.pivot ? { ...step, run: (...given) => step.run(...given).then(refuse) } : step,
  ),
};
const runner = new WorkRunner({
  ...{ book: platform.works, kinds: [crashingAt(point.direction === 'undo' ? failing : kind, point)], log, leaseMs },
  ...{ handBack: new AbortController().signal, later: () => undefined },
});
await new WorkDriver(platform.works, runner).drive(onboardingId);
// It should not have lived so long.
process.exit(3);

function refuse(): never {
  throw new UnrecoverableWorkError('it is to be taken back');
}
