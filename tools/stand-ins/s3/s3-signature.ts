import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { S3Refusal } from './s3-refusal.js';
import type { S3Request } from './s3-request.js';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const SKEW_MS = 15 * 60_000;

/** Who may ask, and the region that their signatures name. */
export interface S3Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** Raises S3Refusal unless the request carries a Signature Version 4 of this identity over its method, path, query, headers and payload hash. */
export function requireSignature(identity: S3Identity, request: S3Request): void {
  const [, keyId, day = '', region, names = '', given = ''] = AUTHORIZATION.exec(request.headers.get('authorization') ?? '') ?? [];
  if (keyId === undefined) throw new S3Refusal(403, 'AccessDenied', 'Access Denied');
  if (keyId !== identity.accessKeyId)
    throw new S3Refusal(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  if (region !== identity.region)
    throw new S3Refusal(400, 'AuthorizationHeaderMalformed', `The region is wrong; expecting '${identity.region}'`);
  const signed = names.split(';');
  requireCovered(request, signed);
  const time = requireTime(request, day);
  const scope = `${day}/${identity.region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical(request, signed)).digest('hex')].join('\n');
  const key = [day, identity.region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${identity.secretAccessKey}`);
  if (!timingSafeEqual(hmac(key, toSign), Buffer.from(given, 'hex')))
    throw new S3Refusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.');
}

function requireCovered(request: S3Request, signed: readonly string[]): void {
  const needed = ['host', ...[...request.headers.keys()].filter((name) => name.startsWith('x-amz-'))];
  if (!needed.every((name) => signed.includes(name)) || !request.headers.has('x-amz-content-sha256'))
    throw new S3Refusal(403, 'AccessDenied', 'There were headers present in the request which were not signed');
}

function requireTime(request: S3Request, day: string): string {
  const time = request.headers.get('x-amz-date') ?? '';
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  const isNear = Math.abs(Date.now() - Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)) <= SKEW_MS;
  if (!isNear || !time.startsWith(day))
    throw new S3Refusal(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.');
  return time;
}

function canonical(request: S3Request, signed: readonly string[]): string {
  const headers = signed.map((name) => `${name}:${(request.headers.get(name) ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  const payload = request.headers.get('x-amz-content-sha256') ?? '';
  return [request.method, request.rawPath, canonicalQuery(request.rawQuery), headers, signed.join(';'), payload].join('\n');
}

function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return '';
  const pairs = rawQuery.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s).map((part) => encode(decodeURIComponent(part)));
    return `${name}=${value}`;
  });
  return pairs.sort().join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
