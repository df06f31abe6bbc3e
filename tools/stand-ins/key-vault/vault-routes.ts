import type { z } from 'zod';
import type { Answer, Question } from '../common/answer.js';
import { type KeptSecret, NewVersion, VersionChange } from './kept-secret.js';
import { page } from './page.js';
import { deletionItem, secretBundle, secretItem } from './secret-bundle.js';
import { requireVersion, type SecretVault } from './secret-vault.js';
import { VaultRefusal } from './vault-refusal.js';

const NAME = /^[0-9a-zA-Z-]{1,127}$/;
const API_VERSION = /^(\d\.\d|20\d\d-\d\d-\d\d)(-preview(\.\d)?)?$/;

/** Answers one authenticated request of the Key Vault REST protocol; a refusal is an answer too. */
export function answerVault(vault: SecretVault, question: Question): Answer {
  try {
    if (!API_VERSION.test(question.query.get('api-version') ?? ''))
      throw VaultRefusal.badParameter('The api-version query parameter is missing or not known.');
    return route(vault, question);
  } catch (error) {
    if (!(error instanceof VaultRefusal)) throw error;
    const innererror = error.innerCode && { code: error.innerCode };
    return { status: error.status, body: { error: { code: error.code, message: error.message, ...(innererror && { innererror }) } } };
  }
}

function route(vault: SecretVault, question: Question): Answer {
  const [, collection, name, rest, ...more] = question.path.replace(/\/$/, '').split('/');
  if (more.length > 0) throw unknownRoute(question);
  if (name !== undefined && !NAME.test(name))
    throw VaultRefusal.badParameter('A secret name holds letters, digits and hyphens, 127 at most.');
  if (collection === 'secrets') return name === undefined ? list(vault, question) : secret(vault, question, name, rest);
  return name === undefined ? listDeleted(vault, question) : deletedSecret(vault, question, name, rest);
}

function secret(vault: SecretVault, question: Question, name: string, rest: string | undefined): Answer {
  const { method, url } = question;
  if (method === 'GET' && rest === 'versions') return versions(vault.requireActive(name), question);
  if (method === 'GET') return read(vault.requireActive(name), rest, url);
  if (method === 'PUT' && rest === undefined) {
    const kept = vault.set(name, parsed(NewVersion, question));
    return { status: 200, body: secretBundle(url, kept, requireVersion(kept, undefined)) };
  }
  if (method === 'PATCH') {
    const version = vault.update(name, rest, parsed(VersionChange, question));
    return { status: 200, body: secretItem(url, vault.requireActive(name), version, true) };
  }
  if (method === 'DELETE' && rest === undefined) return { status: 200, body: deletion(vault.delete(name), url) };
  throw unknownRoute(question);
}

function deletedSecret(vault: SecretVault, question: Question, name: string, rest: string | undefined): Answer {
  const { method, url } = question;
  if (method === 'GET' && rest === undefined) return { status: 200, body: deletion(vault.requireDeleted(name), url) };
  if (method === 'POST' && rest === 'recover') {
    const kept = vault.recover(name);
    return { status: 200, body: secretItem(url, kept, requireVersion(kept, undefined), true) };
  }
  if (method === 'DELETE' && rest === undefined) {
    vault.purge(name);
    return { status: 204 };
  }
  throw unknownRoute(question);
}

function read(kept: KeptSecret, version: string | undefined, url: string): Answer {
  const found = requireVersion(kept, version);
  if (!found.enabled) throw VaultRefusal.disabled();
  return { status: 200, body: secretBundle(url, kept, found) };
}

function list(vault: SecretVault, question: Question): Answer {
  if (question.method !== 'GET') throw unknownRoute(question);
  return page(vault.active(), question, (kept) => secretItem(question.url, kept, requireVersion(kept, undefined), false));
}

function listDeleted(vault: SecretVault, question: Question): Answer {
  if (question.method !== 'GET') throw unknownRoute(question);
  return page(vault.deleted(), question, (kept) => ({
    ...secretItem(question.url, kept, requireVersion(kept, undefined), false),
    ...deletionItem(question.url, kept),
  }));
}

function versions(kept: KeptSecret, question: Question): Answer {
  return page(kept.versions, question, (version) => secretItem(question.url, kept, version, true));
}

function deletion(kept: KeptSecret, url: string): Record<string, unknown> {
  return { ...secretItem(url, kept, requireVersion(kept, undefined), true), ...deletionItem(url, kept) };
}

function parsed<T extends z.ZodType>(schema: T, question: Question): z.infer<T> {
  const result = schema.safeParse(json(question.body));
  // Only where it is wrong: a parser's message may quote the input, and the input holds the value.
  if (!result.success)
    throw VaultRefusal.badParameter(
      `The request body is not valid: ${result.error.issues.map((issue) => issue.path.join('.')).join(', ') || 'not an object'}.`,
    );
  return result.data;
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function unknownRoute({ method, path }: Question): VaultRefusal {
  return new VaultRefusal(404, 'NotFound', `${method} ${path} is not part of what this vault speaks.`);
}
