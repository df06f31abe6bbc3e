import type { WorkEvent, WorkReport } from '#catalog/work/work-report.js';
import type { OnboardingState, OnboardingView, OperatorsOnboardingView } from '#control/onboarding/onboarding.schemas.js';

/** What everybody may be shown of an onboarding: states and times, and of a failure nothing but its code. */
export function publicView({ id, state, attempt, steps }: WorkReport, slug: string, tenantUrl: string): OnboardingView {
  return {
    ...{ id, slug, state: stateOf(state, attempt), tenantUrl },
    steps: steps.map(({ name, state: stepState, startedAt, finishedAt, error }) => ({
      ...{ name, state: stepState, startedAt: startedAt?.toISOString() ?? null, finishedAt: finishedAt?.toISOString() ?? null },
      ...(error !== null && { error: codeOf(error) }),
    })),
  };
}

/** With what was said of failures. */
export function operatorsView(report: WorkReport, slug: string, tenantUrl: string): OperatorsOnboardingView {
  const { tenantId, attempt, direction, error, createdAt, finishedAt, steps } = report;
  const shown = publicView(report, slug, tenantUrl);
  return {
    ...shown,
    steps: shown.steps.map((step, place) => ({ ...step, ...(steps[place]?.error != null && { error: steps[place].error }) })),
    ...{ tenantId, attempt, direction, error, createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null },
  };
}

/** One change as it is told to who watches. */
export function eventView({ seq, at, step, state, error }: WorkEvent): object {
  const told = step === null ? stateOf(state as WorkReport['state'], seq - 1) : state;
  return { at: at.toISOString(), step, state: told, ...(error !== null && { error: codeOf(error) }) };
}

/** One that waits for its next try is under way for who asked for it. */
function stateOf(state: WorkReport['state'], begun: number): OnboardingState {
  if (state === 'done') return 'active';
  return state === 'queued' && begun > 0 ? 'running' : state;
}

function codeOf(error: string): string {
  return /^([a-z-]+\.[a-z-]+):/.exec(error)?.[1] ?? 'internal';
}
