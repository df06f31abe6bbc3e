import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writePrivateFile } from '../common/private-file.js';

const Identity = z.object({ tenantId: z.uuid(), clientId: z.uuid(), clientSecret: z.string().min(32), tokenKey: z.string().min(32) });

/** The one application that may read the vault, and the key that signs its tokens. */
export type Identity = z.infer<typeof Identity>;

/** The identity kept in the folder, made at random the first time; raises when the kept one is not readable as such. */
export function openIdentity(folder: string): Identity {
  const path = join(folder, 'identity.json');
  const kept = readJsonFile(path);
  if (kept !== undefined) return Identity.parse(kept);
  const made: Identity = { tenantId: randomUUID(), clientId: randomUUID(), clientSecret: secret(), tokenKey: secret() };
  writePrivateFile(path, JSON.stringify(made));
  return made;
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
