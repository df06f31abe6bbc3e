import { NoticeAddressRefusedError, NoticeFailedError } from '#control/onboarding/onboarding.errors.js';
import { ONBOARDING_NOTICE } from '#control/onboarding/onboarding-plan.js';
import { hopelessOn, type WorkKind } from '#control/work/work-kind.js';
import type { PublicAddress } from '#kernel/resolution/public-address.js';
import type { NoticeSigner } from '#control/onboarding/notice-signer.js';
import type { Clock } from '#kernel/work/clock.js';

/** What a notice says; plain, kept with the work that sends it. */
export interface NoticeInput {
  readonly onboardingId: string;
  readonly slug: string;
  readonly url: string;
  readonly outcome: 'completed' | 'failed';
}

/** Sends text to addresses that strangers gave. */
export interface NoticeSender {
  /** Raises NoticeAddressRefusedError for an address that can never be sent to, as far as its text says. */
  check(url: string): void;
  /** Raises NoticeAddressRefusedError, and NoticeFailedError when it was not taken within ten seconds. */
  send(url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<void>;
}

export interface NoticeParts {
  readonly sender: NoticeSender;
  readonly signer: NoticeSigner;
  readonly addresses: PublicAddress;
  readonly clock: Clock;
}

const ATTEMPTS = 8;
const FIRST_WAIT_MS = 2_000;

/** Tells the caller's own address what became of an onboarding, as a Standard Webhook; for up to some hours when it is not taken. */
export function sendNotice({ sender, signer, addresses, clock }: NoticeParts): WorkKind<NoticeInput> {
  return {
    ...ONBOARDING_NOTICE,
    attempts: ATTEMPTS,
    againAfterMs: (failures) => FIRST_WAIT_MS * 4 ** (failures - 1),
    steps: [
      {
        name: 'send',
        run: async ({ onboardingId, slug, url, outcome }, { createdAt, signal }) => {
          const data = { id: onboardingId, slug, ...(outcome === 'completed' && { tenantUrl: addresses.ofTenant(slug, '/') }) };
          const body = JSON.stringify({ type: `onboarding.${outcome}`, timestamp: createdAt.toISOString(), data });
          const headers = signer.headers(onboardingId, body, clock.now());
          const sent = sender.send(url, { 'content-type': 'application/json', ...headers }, body, signal);
          await hopelessOn(sent.catch(asNoticeError), NoticeAddressRefusedError);
        },
      },
    ],
  };
}

function asNoticeError(error: unknown): never {
  if (error instanceof NoticeAddressRefusedError || error instanceof NoticeFailedError) throw error;
  throw new NoticeFailedError('the address could not be reached', { cause: error });
}
