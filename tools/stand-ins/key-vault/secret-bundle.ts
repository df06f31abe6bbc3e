import type { KeptSecret, KeptVersion } from './kept-secret.js';

const RETENTION_DAYS = 90;

/** A version in the shape the protocol gives it in lists and in answers to deletes: everything but the value. */
export function secretItem(url: string, secret: KeptSecret, version: KeptVersion, withVersion: boolean): Record<string, unknown> {
  return {
    id: `${url}/secrets/${secret.name}${withVersion ? `/${version.version}` : ''}`,
    contentType: version.contentType,
    tags: version.tags,
    attributes: {
      enabled: version.enabled,
      nbf: version.nbf,
      exp: version.exp,
      created: version.created,
      updated: version.updated,
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: RETENTION_DAYS,
    },
  };
}

/** The whole version, value included. */
export function secretBundle(url: string, secret: KeptSecret, version: KeptVersion): Record<string, unknown> {
  return { value: version.value, ...secretItem(url, secret, version, true) };
}

/** What the protocol adds to a secret while it is deleted but can be recovered. */
export function deletionItem(url: string, secret: KeptSecret): Record<string, unknown> {
  const deletedDate = secret.deletedAt ?? 0;
  return {
    recoveryId: `${url}/deletedsecrets/${secret.name}`,
    deletedDate,
    scheduledPurgeDate: deletedDate + RETENTION_DAYS * 86_400,
  };
}
