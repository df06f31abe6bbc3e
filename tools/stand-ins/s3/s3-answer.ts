import type { S3Refusal } from './s3-refusal.js';
import { type XmlContent, xmlDocument } from './xml.js';

/** What the stand-in says to one request, before it is written to a socket. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): S3Answer {
  return { status, headers, body: Buffer.alloc(0) };
}

export function xmlAnswer(status: number, root: string, content: XmlContent): S3Answer {
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xmlDocument(root, content)) };
}

export function refusalAnswer({ status, code, message }: S3Refusal): S3Answer {
  return xmlAnswer(status, 'Error', { Code: code, Message: message });
}
