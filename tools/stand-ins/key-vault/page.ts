import type { Answer, Question } from '../common/answer.js';
import { VaultRefusal } from './vault-refusal.js';

const LARGEST = 25;

/** One page of a list as the protocol cuts it: 25 items at most, and a link to the rest. */
export function page<T>(all: readonly T[], question: Question, item: (each: T) => unknown): Answer {
  const size = Number(question.query.get('maxresults') ?? LARGEST);
  const from = Number(question.query.get('$skiptoken') ?? 0);
  if (!Number.isInteger(size) || size < 1 || size > LARGEST)
    throw VaultRefusal.badParameter(`maxresults is a number from 1 to ${LARGEST}.`);
  if (!Number.isInteger(from) || from < 0) throw VaultRefusal.badParameter('The continuation token is not valid.');
  const next = from + size < all.length ? nextLink(question, from + size) : null;
  return { status: 200, body: { value: all.slice(from, from + size).map(item), nextLink: next } };
}

function nextLink(question: Question, from: number): string {
  const query = new URLSearchParams(question.query);
  query.set('$skiptoken', String(from));
  return `${question.url}${question.path}?${query.toString()}`;
}
