import { randomBytes } from 'node:crypto';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { Member, type MemberStatus } from '#workspace/members/member.entity.js';
import type { MemberTables } from '#workspace/members/member-tables.js';
import { PasswordHasher } from '#workspace/members/passwords/password-hasher.js';
import { SessionTokens, type SessionTokenSet } from '#workspace/members/sessions/session-tokens.js';
import { SessionsService } from '#workspace/members/sessions/sessions.service.js';
import type { TestPlatform } from '#testing/test-platform.js';

/** Everybody's here; it would be accepted if somebody chose it. */
export const TEST_PASSWORD = 'violet-anchor-ninety';

let hashed: Promise<string> | undefined;

/** A member of a tenant who is signed in, with what a client would hold. */
export interface TestMember {
  readonly id: string;
  readonly email: string;
  readonly tenant: Tenant;
  readonly sessionId: string;
  readonly tokens: SessionTokenSet;
  /** For a request with the access token in a header. */
  readonly bearer: Record<string, string>;
  /** For a request as a page of the tenant's own host makes it: cookies, anti-forgery token and origin. */
  readonly browser: Record<string, string>;
}

/** What a member has beside being an active one. */
export interface TestMemberFacts {
  readonly roles?: readonly string[];
  readonly email?: string;
  readonly name?: string;
  readonly status?: MemberStatus;
}

/** People for specs, without mails and without hashing more than once. */
export class TestMembers {
  readonly #sessions: SessionsService;
  readonly #tokens: SessionTokens;

  constructor(private readonly tests: Pick<TestPlatform, 'platform' | 'as'>) {
    const { contexts, accessChanges, audit, members } = tests.platform;
    this.#sessions = new SessionsService(contexts, accessChanges, audit, members.clock);
    this.#tokens = new SessionTokens(members.issuer, members.forgery, members.clock);
  }

  /** A new member with one role, signed in; the password is TEST_PASSWORD. */
  async signedIn(tenant: Tenant, role: string, facts: TestMemberFacts = {}): Promise<TestMember> {
    const { id, email } = await this.member(tenant, { roles: [role], ...facts });
    return this.signIn(tenant, id, email);
  }

  /** A new member without a session. */
  async member(tenant: Tenant, facts: TestMemberFacts = {}): Promise<{ id: string; email: string }> {
    const { roles = ['member'], email = `m-${randomBytes(6).toString('hex')}@example.test`, name = email, status = 'active' } = facts;
    hashed ??= new PasswordHasher().hash(TEST_PASSWORD);
    const password = status === 'invited' ? {} : { passwordHash: await hashed, passwordChangedAt: new Date() };
    const { contexts, accessChanges } = this.tests.platform;
    const id = await this.tests.as(tenant, () =>
      contexts.transaction(async ({ em }) => {
        const member = em.create(Member, { email, name, status, roles: [...roles], tenantId: tenant.id, version: 1, ...password });
        await em.flush();
        return member.id;
      }),
    );
    await accessChanges.changed(tenant.id);
    return { id, email };
  }

  /** Another session of a member; with an address and a browser of its own, if any are given. */
  async signIn(tenant: Tenant, id: string, email = '', from: { ip?: string; userAgent?: string } = {}): Promise<TestMember> {
    const { sessionId, tokens } = await this.tests.as(tenant, () =>
      WorkOrigin.run({ ...WorkOrigin.current(), ...from }, async () => {
        const session = await this.tests.platform.contexts.transaction(() => this.#sessions.open(id));
        return { sessionId: session.sessionId, tokens: await this.#tokens.of(session) };
      }),
    );
    const host = `${tenant.slug}.${this.tests.platform.config.BASE_DOMAIN}`;
    return {
      ...{ id, email, tenant, sessionId, tokens },
      bearer: { host, authorization: `Bearer ${tokens.accessToken}` },
      browser: {
        host,
        cookie: `__Host-at=${tokens.accessToken}; __Host-rt=${tokens.refreshToken}; __Host-csrf=${tokens.csrfToken}`,
        'x-csrf-token': tokens.csrfToken,
        origin: `${this.tests.platform.config.PUBLIC_SCHEME}://${host}`,
        'sec-fetch-site': 'same-origin',
      },
    };
  }

  /** The first owner's id, whom the tenant was made with. */
  async founder(tenant: Tenant): Promise<string> {
    const [owner] = await this.tests.as(tenant, () =>
      this.tests.platform.contexts.reads<MemberTables>().selectFrom('member').select('id').orderBy('created_at').limit(1).execute(),
    );
    if (!owner) throw new Error(`${tenant.slug} was made without an owner.`);
    return owner.id;
  }
}
