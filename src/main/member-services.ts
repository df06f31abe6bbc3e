import type { Provider } from '@nestjs/common';
import { AccessTokenIssuer } from '#kernel/resolution/access-token-issuer.js';
import { ForgeryGuard } from '#kernel/resolution/forgery-guard.js';
import { PublicAddress } from '#kernel/resolution/public-address.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';
import { Clock } from '#kernel/work/clock.js';
import type { Config } from '#main/config.js';
import { ReplayCache } from '#workspace/members/sessions/replay-cache.js';

/** What signing people in takes beside what every part of the product is given. */
export interface MemberServices {
  readonly issuer: AccessTokenIssuer;
  readonly forgery: ForgeryGuard;
  readonly address: PublicAddress;
  readonly replays: ReplayCache;
  readonly clock: Clock;
}

export async function openMemberServices(config: Config, signing: SigningKeys, replays: ReplayCache): Promise<MemberServices> {
  const { PUBLIC_SCHEME: scheme, PUBLIC_PORT: port, BASE_DOMAIN: baseDomain } = config;
  return {
    issuer: await AccessTokenIssuer.open(config.ACCESS_TOKEN_KEYS),
    forgery: new ForgeryGuard(signing, scheme),
    address: new PublicAddress({ scheme, baseDomain, port }),
    replays,
    clock: new Clock(),
  };
}

/** Each known by its class. */
export function memberProviders({ issuer, forgery, address, replays, clock }: MemberServices): (Provider & { provide: unknown })[] {
  return [
    { provide: AccessTokenIssuer, useValue: issuer },
    { provide: ForgeryGuard, useValue: forgery },
    { provide: PublicAddress, useValue: address },
    { provide: ReplayCache, useValue: replays },
    { provide: Clock, useValue: clock },
  ];
}
