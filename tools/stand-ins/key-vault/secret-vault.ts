import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { KeptSecret, type KeptVersion, type NewVersion, type VersionChange } from './kept-secret.js';
import { readJsonFile, writePrivateFile } from '../common/private-file.js';
import { VaultRefusal } from './vault-refusal.js';

/** Secrets with versions and soft delete, every change on disk before it is answered; names that differ in case only are one. Raises VaultRefusal. */
export class SecretVault {
  private readonly secrets: Map<string, KeptSecret>;

  constructor(private readonly file: string) {
    const kept = z.array(KeptSecret).parse(readJsonFile(file) ?? []);
    this.secrets = new Map(kept.map((secret) => [secret.name.toLowerCase(), secret]));
  }

  active(): KeptSecret[] {
    return this.sorted().filter((secret) => secret.deletedAt === undefined);
  }

  deleted(): KeptSecret[] {
    return this.sorted().filter((secret) => secret.deletedAt !== undefined);
  }

  requireActive(name: string): KeptSecret {
    const secret = this.secrets.get(name.toLowerCase());
    if (!secret || secret.deletedAt !== undefined) throw VaultRefusal.notFound(name);
    return secret;
  }

  requireDeleted(name: string): KeptSecret {
    const secret = this.secrets.get(name.toLowerCase());
    if (secret?.deletedAt === undefined) throw VaultRefusal.notFound(name);
    return secret;
  }

  set(name: string, input: NewVersion): KeptSecret {
    const secret = this.secrets.get(name.toLowerCase()) ?? { name, versions: [] };
    if (secret.deletedAt !== undefined) throw VaultRefusal.deletedButRecoverable(name);
    const created = now();
    const version = { version: randomBytes(16).toString('hex'), value: input.value, enabled: true, created, updated: created };
    secret.versions.push(changed(version, input));
    this.secrets.set(name.toLowerCase(), secret);
    this.save();
    return secret;
  }

  update(name: string, version: string | undefined, change: VersionChange): KeptVersion {
    const secret = this.requireActive(name);
    const found = requireVersion(secret, version);
    const updated = changed({ ...found, updated: now() }, change);
    secret.versions = secret.versions.map((each) => (each === found ? updated : each));
    this.save();
    return updated;
  }

  delete(name: string): KeptSecret {
    const secret = this.requireActive(name);
    secret.deletedAt = now();
    this.save();
    return secret;
  }

  recover(name: string): KeptSecret {
    const secret = this.requireDeleted(name);
    delete secret.deletedAt;
    this.save();
    return secret;
  }

  purge(name: string): void {
    this.requireDeleted(name);
    this.secrets.delete(name.toLowerCase());
    this.save();
  }

  private sorted(): KeptSecret[] {
    return [...this.secrets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private save(): void {
    writePrivateFile(this.file, JSON.stringify([...this.secrets.values()]));
  }
}

/** The version asked for, or the newest; raises a 404 refusal when the secret has no such version. */
export function requireVersion(secret: KeptSecret, version: string | undefined): KeptVersion {
  const found = version ? secret.versions.find((each) => each.version === version) : secret.versions.at(-1);
  if (!found) throw VaultRefusal.notFound(`${secret.name}/${version}`);
  return found;
}

function changed(version: KeptVersion, change: VersionChange): KeptVersion {
  const { contentType, tags, attributes } = change;
  return {
    ...version,
    ...(contentType != null && { contentType }),
    ...(tags != null && { tags }),
    ...(attributes?.enabled != null && { enabled: attributes.enabled }),
    ...(attributes?.nbf != null && { nbf: attributes.nbf }),
    ...(attributes?.exp != null && { exp: attributes.exp }),
  };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
