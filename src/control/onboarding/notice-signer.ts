import { createHmac } from 'node:crypto';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';

const PURPOSE = 'onboarding-notice';

/**
 * Signs notices as Standard Webhooks says. Each onboarding has a secret of its own, which is derived and kept nowhere; while a signing key is
 * rotated out, what it would have signed is sent beside.
 */
export class NoticeSigner {
  constructor(private readonly keys: SigningKeys) {}

  /** What the caller checks notices of this onboarding with, as `whsec_…`. */
  secretOf(onboardingId: string): string {
    return `whsec_${this.keys.sign(PURPOSE, onboardingId).toString('base64')}`;
  }

  /** The headers of one notice that is sent at `at`. */
  headers(onboardingId: string, body: string, at: Date): Record<string, string> {
    const id = `msg_${onboardingId.replaceAll('-', '')}`;
    const timestamp = String(Math.floor(at.getTime() / 1_000));
    const signatures = this.keys.of(PURPOSE).map((key) => {
      const secret = createHmac('sha256', key).update(onboardingId).digest();
      return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    });
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
  }
}
