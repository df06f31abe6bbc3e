import { mkdirSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Question } from '../common/answer.js';
import { openCertificates } from './certificates.js';
import { answerControl } from '../common/control-routes.js';
import { answerEntra } from './entra-routes.js';
import { Faults } from '../common/faults.js';
import { listen, read, write } from '../common/http-exchange.js';
import { openIdentity } from './identity.js';
import { plannedAnswer } from './planned-answer.js';
import { writePrivateFile } from '../common/private-file.js';
import { RequestLog } from '../common/request-log.js';
import { SecretVault } from './secret-vault.js';
import { TokenDesk } from './token-desk.js';
import { VaultFault } from './vault-fault.js';
import { answerVault } from './vault-routes.js';

export interface KeyVaultStandInOptions {
  readonly data: string;
  readonly port: number;
  readonly host?: string;
  readonly tokenSeconds?: number;
}

/** All that a client needs to reach the stand-in; `caFile` is the authority it has to trust. Also the content of ready.json. */
export interface KeyVaultStandInAccess {
  readonly url: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authorityHost: string;
  readonly caFile: string;
}

/** A server that speaks enough of Azure Key Vault and of Entra's token endpoint for the vendor's own clients; for laptops and tests, never for real secrets. */
export class KeyVaultStandIn {
  private readonly faults = new Faults(VaultFault);
  private readonly log = new RequestLog();
  private readonly stopping = new AbortController();

  private constructor(
    private readonly options: KeyVaultStandInOptions,
    private readonly server: Server,
    private readonly vault: SecretVault,
    private readonly desk: TokenDesk,
    readonly access: KeyVaultStandInAccess,
  ) {}

  /** Listens, then writes ready.json into the data folder; port 0 takes a free one. */
  static async start(options: KeyVaultStandInOptions): Promise<KeyVaultStandIn> {
    const host = options.host ?? '127.0.0.1';
    mkdirSync(options.data, { recursive: true, mode: 0o700 });
    // A file left by a killed process would say "ready" before this one is.
    rmSync(readyFile(options), { force: true });
    const { tokenKey, ...client } = openIdentity(options.data);
    const vault = new SecretVault(join(options.data, 'secrets.json'));
    const tls = await openCertificates(options.data, [...new Set(['127.0.0.1', 'localhost', host])]);
    const server = createServer({ cert: `${tls.cert}\n${tls.ca}`, key: tls.key });
    await listen(server, options.port, host);
    const url = `https://${host}:${(server.address() as AddressInfo).port}`;
    const access = { url, ...client, authorityHost: url, caFile: resolve(tls.caFile) };
    const standIn = new KeyVaultStandIn(
      options,
      server,
      vault,
      new TokenDesk({ ...client, tokenKey }, options.tokenSeconds ?? 3600),
      access,
    );
    server.on('request', (request, response) => void standIn.serve(request, response));
    writePrivateFile(readyFile(options), JSON.stringify(access, null, 2));
    return standIn;
  }

  /** Ends at once: open connections are cut, delayed answers dropped. */
  async stop(): Promise<void> {
    rmSync(readyFile(this.options), { force: true });
    this.stopping.abort();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const question = await read(request, this.access.url);
      if (question.path.startsWith('/_control/')) write(response, answerControl(this.faults, this.log, question));
      else await this.serveFaulty(question, request, response);
    } catch {
      // A cut connection, a body too large or a disk that is full: the vendor's clients know what to do with a lost answer.
      response.destroy();
    }
  }

  private async serveFaulty(question: Question, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isVault = /^\/(secrets|deletedsecrets)(\/|$)/.test(question.path);
    const fault = this.faults.take(question.path, isVault, question.method);
    if (fault?.delayMs !== undefined) await delay(fault.delayMs, undefined, { signal: this.stopping.signal });
    if (fault?.drop === true) {
      this.hangUp(question, response);
      return;
    }
    const answer =
      fault?.status === undefined
        ? await this.answer(question, isVault, request.headers.authorization)
        : plannedAnswer(fault.status, fault.retryAfter);
    if (fault?.drop === 'after') {
      this.hangUp(question, response);
      return;
    }
    this.log.add(question.method, question.path, answer.status);
    write(response, answer);
  }

  private async answer(question: Question, isVault: boolean, authorization: string | undefined): Promise<Answer> {
    if (!isVault) return (await answerEntra(this.desk, question)) ?? { status: 404 };
    if (!(await this.desk.accepts(authorization))) return this.desk.challenge(question.url);
    return answerVault(this.vault, question);
  }

  private hangUp(question: Question, response: ServerResponse): void {
    this.log.add(question.method, question.path, 0);
    response.destroy();
  }
}

function readyFile(options: KeyVaultStandInOptions): string {
  return join(options.data, 'ready.json');
}
