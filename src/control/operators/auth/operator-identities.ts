import { Injectable } from '@nestjs/common';
import { OperatorCatalog } from '#catalog/operators/operator-catalog.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { Clock } from '#kernel/work/clock.js';
import type { OperatorOrigin } from '#kernel/work/work-origin.js';
import { readOperatorAccess } from './operator-access-token.js';

/** Who an access token speaks for, as the catalog has them at this moment: a session that ended, a role that was taken and somebody who was disabled are so with the next request. */
@Injectable()
export class OperatorIdentities {
  constructor(
    private readonly operators: OperatorCatalog,
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
  ) {}

  /** Null when it opens nothing, for whatever reason. */
  async of(token: string): Promise<(OperatorOrigin & { readonly sessionId: string }) | null> {
    const now = this.clock.now();
    const sessionId = readOperatorAccess(this.keys, token, now);
    const session = sessionId === null ? null : await this.operators.once(({ sessions }) => sessions.find(sessionId));
    if (!session || session.isRevoked || session.status !== 'active') return null;
    if (session.idleExpiresAt <= now || session.expiresAt <= now) return null;
    const { id, operatorId, name, roles } = session;
    return { id: operatorId, name, roles, sessionId: id };
  }
}
