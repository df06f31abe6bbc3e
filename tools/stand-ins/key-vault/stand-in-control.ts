import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { FaultPlan } from './faults.js';
import type { KeyVaultStandInAccess } from './key-vault-stand-in.js';
import type { LoggedRequest } from './request-log.js';

/** A plain HTTPS request that trusts the stand-in's authority; raises when the connection is cut. */
export function askStandIn(
  access: KeyVaultStandInAccess,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, access.url), { method, ca: readFileSync(access.caFile), agent: false }, (response) => {
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
export async function planFaults(access: KeyVaultStandInAccess, plan: FaultPlan): Promise<void> {
  const { status, text } = await askStandIn(access, 'POST', '/_control/faults', plan);
  if (status !== 204) throw new Error(`The stand-in refused the plan: ${text}`);
}

/** What was asked of the stand-in since the log was last cleared. */
export async function readLog(access: KeyVaultStandInAccess): Promise<LoggedRequest[]> {
  const { text } = await askStandIn(access, 'GET', '/_control/log');
  return (JSON.parse(text) as { requests: LoggedRequest[] }).requests;
}
