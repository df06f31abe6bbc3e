import { readFileSync } from 'node:fs';
import { request as plainly, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as overTls } from 'node:https';
import type { FaultPlan } from './faults.js';
import type { LoggedRequest } from './request-log.js';

/** Where the switches of a stand-in are; `caFile` is the authority to trust when they are reached over TLS. */
export interface StandInAccess {
  readonly url: string;
  readonly caFile?: string;
}

/** One request to a stand-in; raises when the connection is cut. */
export function askStandIn(
  access: StandInAccess,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = begin(access, path, { method, agent: false }, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Plans faults; raises when the stand-in does not understand the plan. */
export async function planFaults<Fault>(access: StandInAccess, plan: FaultPlan<Fault>): Promise<void> {
  const { status, text } = await askStandIn(access, 'POST', '/_control/faults', plan);
  if (status !== 204) throw new Error(`The stand-in refused the plan: ${text}`);
}

/** Takes away every fault that is planned, also those that other specs did: for stand-ins that one spec alone uses. */
export async function forgetFaults(access: StandInAccess): Promise<void> {
  await askStandIn(access, 'DELETE', '/_control/faults');
}

/** What was asked of the stand-in since the log was last cleared. */
export async function readLog(access: StandInAccess): Promise<LoggedRequest[]> {
  const { text } = await askStandIn(access, 'GET', '/_control/log');
  return (JSON.parse(text) as { requests: LoggedRequest[] }).requests;
}

function begin(access: StandInAccess, path: string, options: RequestOptions, hear: (response: IncomingMessage) => void): ClientRequest {
  const url = new URL(path, access.url);
  if (url.protocol !== 'https:') return plainly(url, options, hear);
  return overTls(url, { ...options, ...(access.caFile !== undefined && { ca: readFileSync(access.caFile) }) }, hear);
}
