import { join } from 'node:path';
import { attempt } from '#tools/demo/attempt.js';
import type { RunningStart } from '#tools/demo/running-start.js';
import { mailsTo } from '#tools/stand-ins/smtp/mailbox.js';

/** What is asked for at once is mailed at once; other mails wait for more of their kind, and then for the next look at what is due. */
const PATIENCE_MS = { atOnce: 15_000, gathered: 45_000 };

/** What the mail server of this start took. */
export class Mailbox {
  readonly #folder: string;

  constructor({ dataDir }: RunningStart) {
    this.#folder = join(dataDir, 'mail');
  }

  /** The token of the set-up link that somebody was mailed; null when none comes in time. */
  setUpToken(email: string): Promise<string | null> {
    return attempt(PATIENCE_MS.atOnce, async () => {
      const tokens = (await mailsTo(this.#folder, email)).map(({ text = '' }) => /\/setup\?token=([\w-]+)/.exec(text)?.[1]);
      return tokens.findLast((token) => token !== undefined) ?? null;
    });
  }

  /** Whether a mail with these words in its subject comes in time. */
  async hasMail(email: string, words: string): Promise<boolean> {
    const found = await attempt(PATIENCE_MS.gathered, async () => {
      return (await mailsTo(this.#folder, email)).find(({ subject = '' }) => subject.includes(words)) ?? null;
    });
    return found !== null;
  }
}
