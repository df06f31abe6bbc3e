import type { CountedRequest, SignUpAnswer } from '#control/onboarding/signup-door.js';
import type { OnboardingBegun } from '#control/onboarding/onboarding.schemas.js';
import type { AnswerHeaders } from '#kernel/plugin/answer-headers.js';

/** Says with the headers where to look, and that it was answered before. */
export function answered({ body, isRepeated }: SignUpAnswer, answer: AnswerHeaders): OnboardingBegun {
  answer.header('location', body.statusUrl);
  if (isRepeated) answer.header('idempotent-replayed', 'true');
  return body;
}

/** Says how much more may be asked for, as draft-ietf-httpapi-ratelimit-headers-10 spells it. */
export function withRate({ name, rate, verdict }: CountedRequest, answer: AnswerHeaders): void {
  answer.header('ratelimit-policy', `"${name}";q=${rate.limit};w=${rate.windowSeconds}`);
  answer.header('ratelimit', `"${name}";r=${verdict.remaining};t=${verdict.resetSeconds}`);
}
