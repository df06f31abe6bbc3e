import { Injectable } from '@nestjs/common';
import type { WorkBook } from '#catalog/work/work-book.js';
import { ENDED, type WorkState } from '#catalog/work/work-report.js';
import { eventView } from '#control/onboarding/onboarding-view.js';
import { ChangeStreams, type WatchLimits } from '#control/work/change-streams.js';

/** Lets callers watch onboardings. */
@Injectable()
export class OnboardingStreams extends ChangeStreams {
  constructor(works: WorkBook, limits?: WatchLimits) {
    const source = {
      since: async (id: string, after: number) =>
        (await works.events(id, after)).map((event) => ({
          ...{ seq: event.seq, view: eventView(event) },
          isLast: event.step === null && ENDED.has(event.state as WorkState),
        })),
      isOver: async (id: string) => ENDED.has((await works.report(id)).state),
    };
    super(source, limits);
  }
}
