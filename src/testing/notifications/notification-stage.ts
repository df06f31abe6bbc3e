import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { createHttpApp } from '#main/http/http-app.js';
import { loadConfig } from '#main/config.js';
import { openPlatform, type Platform } from '#main/platform.js';
import { startWorkerApp, type WorkerApp } from '#main/worker-app.js';
import { TestMembers, type TestMember } from '#testing/members.js';
import { ownTenants } from '#testing/notifications/own-tenants.js';
import { SseReader } from '#testing/notifications/sse-reader.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform, type Tier } from '#testing/test-platform.js';
import { mailsTo } from '#tools/stand-ins/smtp/mailbox.js';
import { SmtpStandIn } from '#tools/stand-ins/smtp/smtp-stand-in.js';
import { NotificationStreams } from '#workspace/notifications/live/notification-streams.js';
import type { Notice } from '#workspace/notifications/notice.js';
import { Notifier } from '#workspace/notifications/notifier.js';

type Mails = Awaited<ReturnType<typeof mailsTo>>;

/** One api of the stage: a platform with its own connections, as a process of its own has. */
export interface StageApi {
  readonly platform: Platform;
  readonly app: NestFastifyApplication;
  readonly port: number;
}

/** Tenants, their people, apis that listen, a mail server of its own and, when asked for, a worker that does the work of this stage's tenants only. */
export class NotificationStage {
  readonly people: TestMembers;
  readonly sql: TenantSql;
  readonly tenants = new Set<string>();
  readonly #apis: StageApi[] = [];
  #worker: WorkerApp | undefined;
  #aheadMs = 0;

  private constructor(
    readonly tests: TestPlatform,
    readonly smtp: SmtpStandIn,
    /** Where jobs are done. */
    readonly platform: Platform,
    readonly settings: Record<string, string>,
    readonly prefix: string,
  ) {
    this.people = new TestMembers({ platform, as: (tenant, work) => tests.as(tenant, work) });
    this.sql = new TenantSql(platform);
    platform.members.clock.now = () => new Date(Date.now() + this.#aheadMs);
  }

  static async open(given: Record<string, string> = {}): Promise<NotificationStage> {
    const folder = await mkdtemp(join(process.env['TENANTRY_TEST_DATA'] ?? tmpdir(), 'notifications-'));
    const smtp = await SmtpStandIn.start({ port: 0, controlPort: 0, data: folder, mail: join(folder, 'mail') });
    const settings = { SMTP_URL: smtp.access.smtpUrl, ...given };
    const prefix = `spec-${randomBytes(6).toString('hex')}:`;
    const tests = await TestPlatform.open();
    return new NotificationStage(tests, smtp, await openPlatformOf(settings, prefix), settings, prefix);
  }

  async tenant(tier: Tier): Promise<Tenant> {
    const tenant = await this.tests.tenant(tier);
    this.tenants.add(tenant.id);
    return tenant;
  }

  async pair(tier: Tier): Promise<{ acme: Tenant; globex: Tenant }> {
    const [acme, globex] = await Promise.all([this.tenant(tier), this.tenant(tier)]);
    return { acme, globex };
  }

  /** Its own connections to everything; `settings` win over the stage's. */
  async api(settings: Record<string, string> = {}): Promise<StageApi> {
    const platform = await openPlatformOf({ ...this.settings, ...settings }, this.prefix);
    platform.members.clock.now = () => new Date(Date.now() + this.#aheadMs);
    const app = await createHttpApp(platform);
    await app.listen(0, '127.0.0.1');
    const api = { platform, app, port: Number(new URL(await app.getUrl()).port) };
    this.#apis.push(api);
    return api;
  }

  /** Lifetimes are looked at from this far ahead from now on. */
  setAhead(milliseconds: number): void {
    this.#aheadMs = milliseconds;
  }

  /** Begins to do the jobs of this stage's tenants; those of other specs are left to them. */
  async work(): Promise<void> {
    this.#worker = await startWorkerApp(
      { ...this.platform, directory: ownTenants(this.platform.directory, this.tenants) },
      { gate: { refusal: () => Promise.resolve(null) }, concurrency: 4, sweepMs: 300 },
    );
  }

  /** Something of the module, made by hand of what an api has. */
  part<T>(api: StageApi, type: abstract new (...parts: never[]) => T): T {
    return api.app.get(type, { strict: false });
  }

  streams(api: StageApi): NotificationStreams {
    return this.part(api, NotificationStreams);
  }

  /** Tells in a transaction of its own, as a job would; each title once. */
  async tell(api: StageApi, member: Pick<TestMember, 'id' | 'tenant'>, ...titles: string[]): Promise<void> {
    const { contexts } = api.platform;
    await this.tests.as(member.tenant, () =>
      contexts.transaction(() => this.part(api, Notifier).tell(titles.map((title) => noticeFor(member.id, { title })))),
    );
  }

  stream(api: StageApi, member: TestMember, lastEventId?: string): Promise<SseReader> {
    return SseReader.open(api.port, member.bearer, lastEventId);
  }

  mails(address: string): Promise<Mails> {
    return mailsTo(this.smtp.access.mail, address);
  }

  /** What the mail server does to the next mails for an address. */
  async planFaults(address: string, ...next: object[]): Promise<void> {
    const body = JSON.stringify({ path: `/${address.toLowerCase()}`, next });
    const answer = await fetch(`${this.smtp.access.url}/_control/faults`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`faults were not taken: ${answer.status} ${await answer.text()}`);
  }

  async closeApi(api: StageApi): Promise<void> {
    this.#apis.splice(this.#apis.indexOf(api), 1);
    await api.app.close();
    await api.platform.close();
  }

  async close(): Promise<void> {
    await this.#worker?.stop(2_000);
    for (const api of [...this.#apis]) await this.closeApi(api);
    await this.platform.close();
    await this.tests.close();
    await this.smtp.stop();
  }
}

/** A notice of a comment, once for each title, unless something else is said. */
export function noticeFor(memberId: string, said: Partial<Notice> = {}): Notice {
  const title = said.title ?? 'something happened';
  return {
    memberId,
    category: 'comments',
    key: 'spec.happened',
    title,
    body: '',
    link: '/somewhere',
    dedupeKey: `spec:${title}:${randomUUIDv7()}`,
    ...said,
  };
}

function openPlatformOf(settings: Record<string, string>, jobsPrefix: string): Promise<Platform> {
  return openPlatform(loadConfig({ ...process.env, ...settings }), pino({ level: 'silent' }), { jobsPrefix });
}
