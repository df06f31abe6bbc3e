import { isIP } from 'node:net';
import { NoticeAddressRefusedError } from '#control/onboarding/onboarding.errors.js';
import { hostOf, isLoopback, isOpenAddress } from '#kernel/resolution/ip-address.js';

/** The address as it may be sent to by what it says. Raises NoticeAddressRefusedError. */
export function noticeUrl(text: string, isLocalAllowed: boolean): URL {
  const refuse = (reason: string): never => {
    throw new NoticeAddressRefusedError(reason);
  };
  const url = URL.parse(text) ?? refuse('it is not an address');
  const host = hostOf(url);
  const isLocal = isLocalAllowed && (host === 'localhost' || isLoopback(host));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) refuse('it is not an address of https');
  if (url.username !== '' || url.password !== '') refuse('it holds a login');
  if (isIP(host) !== 0 && !isLocal && !isOpenAddress(host)) refuse('it is not one of the open internet');
  return url;
}
