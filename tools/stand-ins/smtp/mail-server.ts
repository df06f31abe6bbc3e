import type { Server, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Faults } from '../common/faults.js';
import type { RequestLog } from '../common/request-log.js';
import type { MailFault } from './mail-fault.js';
import type { MailFolder } from './mail-folder.js';

const LARGEST_MAIL = 25 * 1024 * 1024;

/** An SMTP server that takes every mail from anybody into a folder, and meets the planned faults; one log line a recipient. */
export class MailServer {
  private readonly smtp: SMTPServer;
  private readonly sockets = new Map<number, Socket>();
  private readonly stopping = new AbortController();
  /** Sessions whose next mail is taken but not acknowledged. */
  private readonly mute = new WeakSet<SMTPServerSession>();

  constructor(
    private readonly folder: MailFolder,
    private readonly faults: Faults<MailFault>,
    private readonly log: RequestLog,
  ) {
    this.smtp = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      size: LARGEST_MAIL,
      rejectOversized: true,
      onRcptTo: (address, session, answer) => void this.admit(address, session).then(() => answer(), answer),
      onData: (stream, session, answer) =>
        void this.receive(stream, session).then((isSaid) => {
          if (isSaid) answer(null, 'Taken');
        }, answer),
    });
    // A client that hangs up: its socket is closed already, and nobody else is concerned.
    this.smtp.on('error', () => undefined);
    this.smtp.server.on('connection', (socket: Socket) => {
      const port = socket.remotePort ?? 0;
      this.sockets.set(port, socket);
      socket.once('close', () => this.sockets.delete(port));
    });
  }

  get server(): Server {
    return this.smtp.server;
  }

  /** Ends at once: open connections are cut, delayed answers dropped. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const closed = new Promise<void>((resolve) => this.smtp.close(resolve));
    for (const socket of this.sockets.values()) socket.destroy();
    await closed;
  }

  private async admit({ address }: SMTPServerAddress, session: SMTPServerSession): Promise<void> {
    const fault = this.faults.take(pathOf(address), true);
    if (fault?.delayMs !== undefined) await delay(fault.delayMs, undefined, { signal: this.stopping.signal });
    if (fault?.drop) {
      this.hangUp(address, session);
      return;
    }
    if (fault?.dropAfterData) this.mute.add(session);
    if (fault?.status !== undefined) {
      this.log.add('MAIL', pathOf(address), fault.status);
      throw Object.assign(new Error(`The stand-in was told to answer ${fault.status}.`), { responseCode: fault.status });
    }
  }

  private async receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<boolean> {
    const mail = await buffer(stream);
    if (stream.sizeExceeded) throw Object.assign(new Error('The mail is too large.'), { responseCode: 552 });
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    for (const address of recipients) this.folder.drop(address, mail);
    const isMute = this.mute.delete(session);
    for (const address of recipients) {
      if (isMute) this.hangUp(address, session);
      else this.log.add('MAIL', pathOf(address), 250);
    }
    return !isMute;
  }

  private hangUp(address: string, session: SMTPServerSession): void {
    this.log.add('MAIL', pathOf(address), 0);
    this.sockets.get(session.remotePort)?.destroy();
  }
}

function pathOf(address: string): string {
  return `/${address.toLowerCase()}`;
}
