import type { OnboardingParts } from '#control/onboarding/onboarding-parts.js';
import type { OnboardingInput } from '#control/onboarding/onboarding-plan.js';
import { placeSteps } from '#control/onboarding/place-steps.js';
import { IN_USE, OwnServerRefusedError } from '#control/provisioning/provisioning.errors.js';
import { UnrecoverableWorkError, type WorkTry } from '#control/work/work-kind.js';

describe('the making of a place on a server that a customer brought', () => {
  const work = {
    id: 'w',
    tenantId: 't',
    attempt: 1,
    createdAt: new Date(),
    done: {},
    signal: new AbortController().signal,
  } satisfies WorkTry;
  const made = (failure: Error): Promise<unknown> => {
    const parts = { servers: { prepare: () => Promise.reject(failure) } } as unknown as OnboardingParts;
    return placeSteps(parts).prepare.run({ hasOwnServer: true } as OnboardingInput, work);
  };

  it('is given up at once when the server is another’s by now, and tried again when it is away', async () => {
    await expect(made(new OwnServerRefusedError(IN_USE))).rejects.toMatchObject({
      ...{ constructor: UnrecoverableWorkError, code: 'provisioning.own-server-refused' },
    });
    const away = new RangeError('away');
    await expect(made(away)).rejects.toBe(away);
  });
});
