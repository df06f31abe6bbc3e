import type { Readable } from 'node:stream';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Clock } from '#kernel/work/clock.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { Access } from '#workspace/access/access.js';
import type { SignedInMember } from '#workspace/members/signed-in-member.js';
import { StreamsFullError, TooManyStreamsError } from '../notification.errors.js';
import { NOTIFICATION_PERMISSIONS } from '../notification.permissions.js';
import { InboxReader } from './inbox-reader.js';
import { LiveChannel } from './live-channel.js';
import { NotificationStream } from './notification-stream.js';
import { STREAM_LIMITS, type StreamLimits } from './stream-limits.js';
import { TenantWatch } from './tenant-watch.js';
import { isUuid } from '#kernel/model/uuid.js';

interface Held {
  readonly tenantId: string;
  readonly memberId: string;
  readonly stream: NotificationStream;
  /** In which part of the time between two checks it is checked. */
  readonly part: number;
  /** Checks made; they begin at different numbers, so that looks into the inbox are spread too. */
  checks: number;
}

/** The streams that this process holds, of members of many tenants. */
@Injectable()
export class NotificationStreams implements OnModuleDestroy {
  readonly #held = new Set<Held>();
  readonly limits: StreamLimits = { ...STREAM_LIMITS };
  #timers: NodeJS.Timeout[] = [];
  /** How many a member holds, by tenant and member. */
  readonly #own = new Map<string, number>();
  #made = 0;
  #ticks = 0;
  #isOver = false;

  constructor(
    private readonly inbox: InboxReader,
    private readonly live: LiveChannel,
    private readonly watch: TenantWatch,
    private readonly access: Access,
    private readonly clock: Clock,
  ) {}

  /** How many are open. */
  get open(): number {
    return this.#held.size;
  }

  /**
   * Shows a member of the tenant in scope what they are told from now on, and with the id of the last one they got what came after it, 24 hours
   * back at most; after an id that is not known any more, all of those. Ends within a second after the session, the membership or the tenant
   * does. Raises TooManyStreamsError and StreamsFullError.
   */
  async begin(member: SignedInMember, lastEventId: string | undefined): Promise<{ stream: Readable; end: () => void }> {
    const held = this.#hold(member);
    const { stream } = held;
    let unfollow = (): void => undefined;
    const end = (): void => {
      stream.outlet.cut();
      this.#drop(held);
      if (this.#held.size === 0) this.#rest();
      unfollow();
    };
    stream.outlet.stream.once('close', end);
    try {
      // Before the first look, so that whatever this look does not see is heard.
      const follower = await this.live.follow(member.tenantId, (fact) => {
        if (fact === null || (fact.tenantId === member.tenantId && fact.memberId === member.id)) stream.poke();
      });
      unfollow = follower;
      if (!stream.outlet.isOpen) unfollow();
      stream.begin(await this.#startOf(member.id, lastEventId));
      return { stream: stream.outlet.stream, end };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Every stream ends; browsers come again, to another process. */
  onModuleDestroy(): void {
    this.#isOver = true;
    for (const { stream } of [...this.#held]) stream.outlet.end();
  }

  #hold({ id: memberId, tenantId }: SignedInMember): Held {
    const own = this.#own.get(keyOf({ tenantId, memberId })) ?? 0;
    if (own >= this.limits.perMember) throw new TooManyStreamsError(this.limits.perMember);
    if (this.#isOver || this.#held.size >= this.limits.perProcess) throw new StreamsFullError();
    const origin = WorkOrigin.current();
    let tenant = TenantScope.require('open a stream');
    // What pokes and checks comes from elsewhere, with a scope of its own or none.
    const asReader = <T>(work: () => Promise<T>): Promise<T> =>
      TenantScope.leave(() => TenantScope.run(tenant, () => WorkOrigin.run(origin, work)));
    const stream = new NotificationStream({
      limits: this.limits,
      after: (at, limit) => asReader(() => this.inbox.after(memberId, at, limit)),
      standing: async () => {
        const newest = await TenantScope.leave(() => this.watch.tenant(tenantId));
        if (newest?.status !== 'active') return null;
        tenant = newest;
        return (await asReader(() => this.#mayGoOn())) ? newest : null;
      },
    });
    const place = this.#made++;
    const { checkParts, lookEvery } = this.limits;
    const held = { tenantId, memberId, stream, part: place % checkParts, checks: Math.floor(place / checkParts) % lookEvery };
    this.#held.add(held);
    this.#own.set(keyOf(held), own + 1);
    this.#wake();
    return held;
  }

  #drop(held: Held): void {
    if (!this.#held.delete(held)) return;
    const left = (this.#own.get(keyOf(held)) ?? 1) - 1;
    if (left === 0) this.#own.delete(keyOf(held));
    else this.#own.set(keyOf(held), left);
  }

  async #mayGoOn(): Promise<boolean> {
    return (await this.access.decide(NOTIFICATION_PERMISSIONS.use)).allow;
  }

  async #startOf(memberId: string, lastEventId: string | undefined): Promise<Date> {
    if (lastEventId === undefined || !isUuid(lastEventId)) return this.inbox.newest(memberId);
    const oldest = this.clock.now().getTime() - this.limits.replayMs;
    const last = await this.inbox.timeOf(memberId, lastEventId);
    return new Date(Math.max(last?.getTime() ?? 0, oldest));
  }

  readonly #check = (tenantId: string | null): void => {
    for (const held of this.#held) if (tenantId === null || held.tenantId === tenantId) void held.stream.check();
  };

  readonly #look = (): void => {
    const part = this.#ticks++ % this.limits.checkParts;
    for (const held of this.#held) {
      if (held.part !== part) continue;
      held.checks += 1;
      const isDue = !this.live.isUp || held.checks % this.limits.lookEvery === 0;
      void held.stream.check().then(() => isDue && held.stream.poke());
    }
  };

  #isListening = false;

  #wake(): void {
    if (!this.#isListening) this.watch.listen(this.#check);
    this.#isListening = true;
    if (this.#timers.length > 0) return;
    // Or the timers would run in the scope of whoever came first.
    this.#timers = TenantScope.leave(() => [
      setInterval(this.#look, this.limits.checkEveryMs / this.limits.checkParts).unref(),
      setInterval(() => {
        for (const { stream } of this.#held) stream.comment();
      }, this.limits.commentEveryMs).unref(),
    ]);
  }

  #rest(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }
}

function keyOf({ tenantId, memberId }: Pick<Held, 'tenantId' | 'memberId'>): string {
  return `${tenantId} ${memberId}`;
}
