import { Injectable } from '@nestjs/common';
import { OperatorCatalog } from '#catalog/operators/operator-catalog.js';
import { Clock } from '#kernel/work/clock.js';
import { LinkInvalidError } from '#workspace/members/auth.errors.js';
import { requireGoodPassword } from '#workspace/members/passwords/password-rules.js';
import { actingAsOperator } from '../acting-operator.js';
import { OperatorLinksService } from './operator-links.service.js';
import { OperatorLoginService, operatorTarget } from './operator-login.service.js';
import { OperatorPasswords } from './operator-passwords.js';

/** How an operator sets a password; every session they had ends with it. */
@Injectable()
export class OperatorSetupService {
  constructor(
    private readonly operators: OperatorCatalog,
    private readonly passwords: OperatorPasswords,
    private readonly links: OperatorLinksService,
    private readonly logins: OperatorLoginService,
    private readonly clock: Clock,
  ) {}

  /** By their link, which is used up by a password that is taken, and only then. Raises LinkInvalidError, PasswordRefusedError and AuthBusyError. */
  async setByLink(token: string, password: string): Promise<{ email: string; name: string }> {
    const linkId = this.links.idOf(token);
    const owner = await this.operators.once(({ links }) => links.ownerOf(linkId, this.clock.now()));
    if (!owner) throw new LinkInvalidError();
    const { id, email, name } = owner;
    requireGoodPassword(password, { email, name, company: 'Tenantry', slug: 'tenantry' }, '/password');
    const hash = await this.passwords.hasher.hash(password);
    await this.operators.transaction(async ({ people, links, sessions, record }) => {
      const now = this.clock.now();
      if (!(await links.use(linkId, now)) || !(await people.setPassword(id, hash, now))) throw new LinkInvalidError();
      await links.close(id);
      const ended = await sessions.end({ operatorId: id }, 'password_changed', now);
      await actingAsOperator({ id, name, roles: [] }, () =>
        record({ action: 'operator.set-password', targets: [operatorTarget(id)], details: { sessions: ended } }),
      );
    });
    await this.logins.forgive(email);
    return { email, name };
  }
}
