import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { join, resolve } from 'node:path';
import { answerControl } from '../common/control-routes.js';
import { Faults } from '../common/faults.js';
import { listen, read, write } from '../common/http-exchange.js';
import { writePrivateFile } from '../common/private-file.js';
import { RequestLog } from '../common/request-log.js';
import { MailFault } from './mail-fault.js';
import { MailFolder } from './mail-folder.js';
import { MailServer } from './mail-server.js';

export interface SmtpStandInOptions {
  /** The folder of ready.json. */
  readonly data: string;
  /** The folder where mails are dropped. */
  readonly mail: string;
  readonly port: number;
  readonly controlPort: number;
  readonly host?: string;
}

/** Where mails are taken (`smtpUrl`) and dropped (`mail`), and where the switches are (`url`). Also the content of ready.json. */
export interface SmtpStandInAccess {
  readonly url: string;
  readonly smtpUrl: string;
  readonly mail: string;
}

/** A mail server that delivers to a folder, with the switches of every stand-in; for laptops and tests, open to all who reach it. */
export class SmtpStandIn {
  private constructor(
    private readonly options: SmtpStandInOptions,
    private readonly mails: MailServer,
    private readonly control: Server,
    readonly access: SmtpStandInAccess,
  ) {}

  /** Listens, then writes ready.json into the data folder; port 0 takes a free one. */
  static async start(options: SmtpStandInOptions): Promise<SmtpStandIn> {
    const host = options.host ?? '127.0.0.1';
    mkdirSync(options.data, { recursive: true, mode: 0o700 });
    // A file left by a killed process would say "ready" before this one is.
    rmSync(readyFile(options), { force: true });
    const folder = new MailFolder(resolve(options.mail));
    const [faults, log] = [new Faults(MailFault), new RequestLog()];
    const mails = new MailServer(folder, faults, log);
    const control = createServer((request, response) => void serve(request, response, faults, log));
    await listen(mails.server, options.port, host);
    await listen(control, options.controlPort, host);
    const access = {
      url: `http://${host}:${portOf(control)}`,
      smtpUrl: `smtp://${host}:${portOf(mails.server)}`,
      mail: folder.path,
    };
    writePrivateFile(readyFile(options), JSON.stringify(access, null, 2));
    return new SmtpStandIn(options, mails, control, access);
  }

  /** Ends at once: open connections are cut, delayed answers dropped. */
  async stop(): Promise<void> {
    rmSync(readyFile(this.options), { force: true });
    const closed = new Promise((done) => this.control.close(done));
    this.control.closeAllConnections();
    await Promise.all([closed, this.mails.stop()]);
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, faults: Faults<MailFault>, log: RequestLog): Promise<void> {
  try {
    write(response, answerControl(faults, log, await read(request, 'http://control')));
  } catch {
    // A cut connection or a body too large: there is nobody to answer to.
    response.destroy();
  }
}

function readyFile({ data }: SmtpStandInOptions): string {
  return join(data, 'ready.json');
}

function portOf(server: NetServer): number {
  return (server.address() as AddressInfo).port;
}
