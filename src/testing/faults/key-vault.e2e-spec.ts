import { setTimeout as pause } from 'node:timers/promises';
import { HttpDoor, type Caller } from '#testing/faults/http-door.js';
import { Load } from '#testing/faults/load.js';
import { report } from '#testing/faults/report.js';
import { Superuser } from '#testing/faults/superuser.js';
import { until } from '#testing/faults/until.js';
import { VaultControl } from '#testing/faults/vault-control.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { TestPlatform } from '#testing/test-platform.js';

const IN_FLIGHT = 20;

describe('the key vault', () => {
  const vault = new VaultControl();
  let tests: TestPlatform;
  let door: HttpDoor;
  let superuser: Superuser;

  beforeAll(async () => {
    tests = await TestPlatform.open();
    door = await HttpDoor.on(tests);
    superuser = await Superuser.on(tests.provisioning.clusters[0]!.provisionUrl);
  });
  afterAll(async () => {
    await door.close();
    await tests.close();
    await superuser.close();
  });

  describe('a rotated secret', () => {
    it('costs one read and no failed request when new connections meet a dead password', async () => {
      const caller = await door.caller(await tests.tenant('database'));
      const { placement } = caller.tenant;
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller.list));
      await tests.provisioning.databases.rotate(caller.tenant, tests.provisioning.clusters[0]!);
      await superuser.run('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [placement.database]);
      await until(() => tests.platform.registry.stats()[`secret:${placement.secret}`]?.total === 0, 2_000);
      const readsBefore = await vault.reads(placement.secret!);
      const answers = await Promise.all(Array.from({ length: IN_FLIGHT }, caller.list));
      const reads = (await vault.reads(placement.secret!)) - readsBefore;
      report(
        `rotation: ${reads} read, slowest of ${IN_FLIGHT} in flight ${Math.max(...answers.map(({ milliseconds }) => milliseconds)).toFixed(0)} ms`,
      );
      expect(answers.map(({ status, code }) => code ?? status)).toEqual(Array.from({ length: IN_FLIGHT }, () => 200));
      expect(reads).toBe(1);
    });

    it('is not noticed under load while connections live', async () => {
      const caller = await door.caller(await tests.tenant('database'));
      // More connections than the load ever needs: a connection that is new after the rotation has to read the secret, and should.
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller.list));
      const readsBefore = await vault.reads(caller.tenant.placement.secret!);
      const load = new Load([caller, caller, caller]);
      await pause(200);
      await tests.provisioning.databases.rotate(caller.tenant, tests.provisioning.clusters[0]!);
      await pause(400);
      expect((await load.stop()).failures).toEqual([]);
      expect(await vault.reads(caller.tenant.placement.secret!)).toBe(readsBefore);
    });
  });

  describe('when it is down', () => {
    let proxy: TcpProxy;
    let elsewhere: TestPlatform;
    let elsewhereDoor: HttpDoor;
    let connected: Caller;
    let others: Caller[];
    let cold: Caller;

    beforeAll(async () => {
      proxy = await TcpProxy.to(process.env['AZURE_KEY_VAULT_URL']!);
      elsewhere = await TestPlatform.open({ AZURE_KEY_VAULT_URL: proxy.through(process.env['AZURE_KEY_VAULT_URL']!) });
      elsewhereDoor = await HttpDoor.on(elsewhere);
      connected = await elsewhereDoor.caller(await tests.tenant('database'));
      others = [await elsewhereDoor.caller(await tests.tenant('row')), await elsewhereDoor.caller(await tests.tenant('schema'))];
    });
    beforeEach(async () => {
      const tenant = await tests.tenant('database');
      cold = elsewhereDoor.callerWith(tenant, await tests.apiKey(tenant));
    });
    afterAll(async () => {
      await elsewhereDoor.close();
      await elsewhere.close();
      await proxy.close();
    });

    const faults: Record<string, { begin(secret: string): unknown; end(secret: string): unknown }> = {
      'refuses connections': { begin: () => proxy.refuse(), end: () => proxy.pass() },
      'accepts and never answers': { begin: () => proxy.silence(), end: () => proxy.pass() },
      'is gone from the network': { begin: () => proxy.vanish(), end: () => proxy.pass() },
      'answers 500': { begin: (secret) => vault.always(secret, { status: 500 }), end: (secret) => vault.always(secret, null) },
      'answers 429': {
        begin: (secret) => vault.always(secret, { status: 429, retryAfter: 30 }),
        end: (secret) => vault.always(secret, null),
      },
      'hangs up': { begin: (secret) => vault.always(secret, { drop: true }), end: (secret) => vault.always(secret, null) },
      'answers after ten seconds': {
        begin: (secret) => vault.always(secret, { delayMs: 10_000 }),
        end: (secret) => vault.always(secret, null),
      },
    };

    it.each(Object.keys(faults))('costs a cold tenant a 503, and nobody else anything, when it %s', async (name) => {
      const { begin, end } = faults[name]!;
      const secret = cold.tenant.placement.secret!;
      await begin(secret);
      try {
        const load = new Load([connected, ...others]);
        const answers = await Promise.all([cold.list(), cold.list(), cold.open()]);
        await pause(200);
        const { failures, foreign } = await load.stop();
        report(
          `key vault ${name}: a cold tenant's slowest 503 after ${Math.max(...answers.map(({ milliseconds }) => milliseconds)).toFixed(0)} ms`,
        );
        for (const { status, code, retryAfter, milliseconds } of answers) {
          expect([status, code, retryAfter]).toEqual([503, 'tenant.unavailable', '5']);
          expect(milliseconds).toBeLessThan(2_000);
        }
        expect([failures, foreign]).toEqual([[], 0]);
      } finally {
        await end(secret);
      }
      await until(async () => (await cold.list()).status === 200, 5_000);
    });
  });
});
