import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OperatorBook } from '#catalog/operators/operator-catalog.js';
import { PublicAddress } from '#kernel/resolution/public-address.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { Clock } from '#kernel/work/clock.js';
import { linkIdOf, linkToken } from '#workspace/members/links/link-token.js';
import { OPERATOR_LINK_MS, OPERATORS_PLACE } from './operator-rules.js';

const ABOUT = ['setup', OPERATORS_PLACE];

/** A link with which an operator sets their password, and when it is too old. It is shown once and never kept. */
export interface SetupLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** Set-up links of operators: good for a day, and only the newest. */
@Injectable()
export class OperatorLinksService {
  constructor(
    private readonly keys: SigningKeys,
    private readonly address: PublicAddress,
    private readonly clock: Clock,
  ) {}

  /** Makes one, in the transaction of `book`. */
  async open({ links }: OperatorBook, operatorId: string): Promise<SetupLink> {
    const at = this.clock.now();
    const id = randomUUIDv7();
    const expiresAt = new Date(at.getTime() + OPERATOR_LINK_MS);
    await links.open({ id, operatorId, at, expiresAt });
    return { url: this.address.ofOperators('/setup', { token: linkToken(this.keys, ABOUT, id) }), expiresAt };
  }

  /** The id of the row a token was made of. Raises LinkInvalidError. */
  idOf(token: string): string {
    return linkIdOf(this.keys, ABOUT, token);
  }
}
