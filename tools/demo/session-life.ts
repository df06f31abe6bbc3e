import { createHash } from 'node:crypto';
import { attempt } from '#tools/demo/attempt.js';
import { type Door, type DoorAnswer, outcomeOf } from '#tools/demo/door.js';
import { Findings } from '#tools/demo/findings.js';
import type { Office } from '#tools/demo/office.js';
import { machineSession, signIn } from '#tools/demo/person.js';
import type { TenantsHome } from '#tools/demo/superuser.js';

/** In which everybody is told that a session has ended. */
const TOLD_WITHIN_MS = 1_000;

/** What becomes of the member's sessions: tokens that are used twice, and a device that is lost. */
export class SessionLife {
  readonly findings = new Findings();

  constructor(
    readonly office: Office,
    private readonly home: TenantsHome | null,
  ) {}

  async live(): Promise<void> {
    const { door, member } = this.office;
    const first = await signIn(door, member);
    const second = await this.#refresh(first.refreshToken);
    this.findings.expect('renews a session', outcomeOf(second), '200');
    const repeated = await this.#refresh(first.refreshToken);
    const isSame = repeated.body['refreshToken'] === second.body['refreshToken'];
    this.findings.expect('... again, the answer was lost', isSame ? 'the same' : outcomeOf(repeated), 'the same');
    const third = await this.#refresh(String(second.body['refreshToken']));
    this.findings.expect('renews it once more', outcomeOf(third), '200');
    const late = await this.#refresh(first.refreshToken);
    this.findings.expect('the first token again, seconds later', outcomeOf(late), '409 auth.refresh-raced');
    if (this.home) await this.#steal(this.home, first.refreshToken, machineSession(door, third).door);
    await this.#loseDevice();
  }

  /** The demo does not wait until the token is too old to be a repetition: its record is made older. */
  async #steal(home: TenantsHome, token: string, thief: Door): Promise<void> {
    const hash = createHash('sha256').update(token).digest('hex');
    const aged = await home.update('refresh_token', `used_at = used_at - interval '1 minute'`, 'hash = $2', [hash]);
    const stolen = await this.#refresh(token);
    this.findings.expect('... a minute later', aged === 1 ? outcomeOf(stolen) : 'no such token', '401 auth.session-ended');
    this.findings.expect('what the newest token of it opens', await this.#ending(thief), 'nothing within 1 s');
  }

  async #loseDevice(): Promise<void> {
    const { door, member } = this.office;
    const lost = await signIn(door, member);
    const { body: me } = await lost.door.call('GET', '/api/auth/me');
    const ended = await member.session.door.call('DELETE', `/api/auth/sessions/${String(me['sessionId'])}`);
    this.findings.expect('ends the session of a lost device', outcomeOf(ended), '204');
    this.findings.expect('what the lost device opens', await this.#ending(lost.door), 'nothing within 1 s');
    this.findings.expect('goes on working here', outcomeOf(await member.session.door.call('GET', '/api/auth/me')), '200');
  }

  async #ending(door: Door): Promise<string> {
    const refused = await attempt(TOLD_WITHIN_MS, async () => {
      const { status } = await door.call('GET', '/api/auth/me');
      return status === 401 || null;
    });
    return refused ? 'nothing within 1 s' : 'STILL EVERYTHING';
  }

  #refresh(refreshToken: string): Promise<DoorAnswer> {
    return this.office.door.call('POST', '/api/auth/refresh', { body: { refreshToken } });
  }
}
