import { Unleash, UnleashEvents } from 'unleash-client';
import { type FlagDeclaration, type FlagName, FLAGS } from '#kernel/flags/flag-registry.js';
import { cohortOf, Flags, type FlagSubject } from '#kernel/flags/flags.js';
import { FlagBackup, readFlagFile } from './flag-backup.js';
import { type FlagState, readFlagState } from './flag-state.js';
import { HeldFlags } from './held-flags.js';
import { UnleashPoller } from './unleash-poller.js';

const REFRESH_MS = 10_000;
const TIMEOUT_MS = 5_000;

/** What is told of flags to those who run the platform. */
export interface FlagLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface UnleashFlagsOptions {
  /** Without one, flags are what the bootstrap file says. */
  readonly server?: { readonly url: string; readonly token: string } | undefined;
  readonly appName: string;
  readonly bootstrapFile: string;
  readonly backupFolder: string;
  readonly log: FlagLog;
  readonly refreshMs?: number;
}

/** Where what is known of flags comes from. */
export type FlagOrigin = 'server' | 'backup' | 'bootstrap' | 'nothing';

/**
 * Flags as Unleash decides them, on this machine, from what was last heard of its server. Before the first answer that is the backup or the
 * bootstrap file, whichever is newer; an answer that cannot be believed changes nothing.
 */
export class UnleashFlags extends Flags {
  readonly #held = new HeldFlags();
  readonly #evaluation: Unleash;
  readonly #backup: FlagBackup;
  #poller: UnleashPoller | undefined;
  #origin: FlagOrigin = 'nothing';
  /** Whether the server was heard when it was asked last; null before that. */
  #isWell: boolean | null = null;
  /** Whether the last answer with something in it was believed. */
  #isBelieved = false;
  #isBackupBroken = false;

  private constructor(private readonly options: UnleashFlagsOptions) {
    super();
    this.#backup = new FlagBackup(options.backupFolder, KNOWN);
    this.#evaluation = new Unleash({
      ...{ appName: options.appName, url: 'http://unleash.invalid', repository: this.#held },
      ...{ disableMetrics: true, metricsInterval: 0, disableAutoStart: true, skipInstanceCountWarning: true },
    });
    this.#evaluation.on(UnleashEvents.Error, (error: Error) => options.log.warn({ reason: error.message }, 'a flag could not be decided'));
    this.#held.emit(UnleashEvents.Ready);
  }

  /** Reads what is on this machine and begins to ask the server; waits for no answer, and never raises. */
  static async open(options: UnleashFlagsOptions): Promise<UnleashFlags> {
    const flags = new UnleashFlags(options);
    await flags.#begin();
    return flags;
  }

  isOn(flag: FlagName, tenant: FlagSubject): boolean {
    const { whenUnknown }: FlagDeclaration = FLAGS[flag];
    try {
      return this.#evaluation.isEnabled(flag, contextOf(tenant), whenUnknown);
    } catch {
      return whenUnknown;
    }
  }

  variant(flag: FlagName, tenant: FlagSubject): string | null {
    try {
      const { name, enabled, feature_enabled: isOn } = this.#evaluation.getVariant(flag, contextOf(tenant));
      return enabled && isOn ? name : null;
    } catch {
      return null;
    }
  }

  /** Never down: flags go on as they were last known. */
  get health(): { readonly status: 'up' | 'degraded'; readonly origin: FlagOrigin } {
    const isUp = this.options.server ? this.#isWell === true : this.#origin !== 'nothing';
    return { status: isUp ? 'up' : 'degraded', origin: this.#origin };
  }

  /** Asks no more; safe at any moment, also while the server is away. */
  close(): void {
    this.#poller?.close();
  }

  async #begin(): Promise<void> {
    const { bootstrapFile, server, appName, log, refreshMs = REFRESH_MS } = this.options;
    const bootstrap = await readFlagFile(bootstrapFile, KNOWN);
    if (!bootstrap) log.warn({ alert: 'flags-bootstrap' }, 'the bootstrap file of flags cannot be used');
    const backup = server ? await this.#backup.read() : null;
    const isBackupNewer = backup !== null && (bootstrap === null || Date.parse(backup.at) > Date.parse(bootstrap.at));
    if (isBackupNewer) this.#hold(backup, 'backup');
    else if (bootstrap) this.#hold(bootstrap, 'bootstrap');
    if (!server) return;
    this.#poller = new UnleashPoller({
      ...server,
      ...{ appName, refreshMs, timeoutMs: TIMEOUT_MS },
      heard: (answer) => this.#hear(answer),
      unchanged: () => this.#isAsBefore(),
      failed: (reason) => this.#fail(reason),
    });
  }

  async #hear(answer: unknown): Promise<void> {
    const state = readFlagState(answer, KNOWN, new Date());
    this.#isBelieved = state !== null;
    if (!state) {
      this.#fail('an answer that cannot be believed');
      return;
    }
    this.#isWell = true;
    this.#hold(state, 'server');
    try {
      await this.#backup.write(state);
      this.#isBackupBroken = false;
    } catch (error) {
      if (!this.#isBackupBroken) this.options.log.warn({ reason: String(error) }, 'flags cannot be kept on this machine');
      this.#isBackupBroken = true;
    }
  }

  /** Nothing new since an answer that was not believed is no better than that one. */
  #isAsBefore(): void {
    if (this.#isBelieved) this.#isWell = true;
  }

  #fail(reason: string): void {
    if (this.#isWell !== false) this.options.log.warn({ reason, origin: this.#origin }, 'flags are not heard of; the last known ones hold');
    this.#isWell = false;
  }

  #hold(state: FlagState, origin: FlagOrigin): void {
    const before = new Map(this.#held.getToggles().map((feature) => [feature.name, JSON.stringify(feature)]));
    this.#held.hold(state);
    const changed = this.#held
      .getToggles()
      .flatMap((feature) => (before.get(feature.name) === JSON.stringify(feature) ? [] : [feature.name]));
    this.#origin = origin;
    if (before.size > 0 && changed.length > 0) this.options.log.info({ changed }, 'flags changed');
  }
}

const KNOWN = Object.keys(FLAGS);

/** What conditions of a flag can name. A share is one of tenants, by `tenantId` and also by Unleash's default: else each asking would be drawn anew. */
function contextOf({ id, plan, region, placement }: FlagSubject): { userId: string; properties: Record<string, string> } {
  return { userId: id, properties: { tenantId: id, plan, mode: placement.kind, region, cohort: cohortOf(id) } };
}
