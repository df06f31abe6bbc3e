import type { Command } from 'commander';
import { explainAccess, explainTenant } from '#main/cli/explanations.js';
import type { Output } from '#main/cli/output.js';
import type { Session } from '#main/cli/session.js';
import { UsageError } from '#main/cli/usage-error.js';
import type { Platform } from '#main/platform.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { SettingExplanation } from '#workspace/settings/setting.schemas.js';
import { explanationOf } from '#workspace/settings/setting-view.js';

interface AccessFlags {
  readonly permission: string;
  readonly member?: string;
  readonly key?: string;
}

/** `explain …`: why a tenant, a setting or a decision on access is what it is. */
export function addExplainCommand(program: Command, session: Session): void {
  const explain = program.command('explain').description('say why something is as it is');
  const of = (slug: string, work: (platform: Platform, tenant: Tenant, output: Output) => Promise<void>): Promise<void> =>
    session.platform(async ({ platform, output }) => {
      const tenant = await platform.directory.bySlug(slug);
      if (!tenant) throw new TenantUnknownError();
      await work(platform, tenant, output);
    });

  explain
    .command('tenant <slug>')
    .description('where it is reached, what it may, what it has, and where its rows are')
    .action((slug: string) =>
      of(slug, async (platform, tenant, output) => {
        const report = await explainTenant(platform, tenant);
        output.document(report, () => Object.entries(report).map(([name, value]) => `${name.padEnd(14)}${JSON.stringify(value)}`));
      }),
    );

  explain
    .command('setting <slug> <key>')
    .description('its value, and every source that was looked at')
    .action((slug: string, key: string) =>
      of(slug, async ({ settings, settingOverrides }, tenant, output) => {
        const said = explanationOf(key, await TenantScope.run(tenant, () => settings.explainNamed(key)));
        const decided = (await settingOverrides.of(tenant.id)).get(key);
        const override = decided && { reason: decided.reason, by: decided.by };
        output.document({ tenant: slug, ...said, override: override ?? null }, () => settingLines(said, override));
      }),
    );

  explain
    .command('access <slug>')
    .description('whether a member (id or e-mail address) or an API key (id) may, and by which rule')
    .requiredOption('--permission <name>')
    .option('--member <member>')
    .option('--key <id>')
    .action((slug: string, { permission, member, key }: AccessFlags) =>
      of(slug, async (platform, tenant, output) => {
        if ((member === undefined) === (key === undefined)) throw new UsageError('give either --member or --key');
        const decision = await explainAccess(platform, tenant, { permission, member, key });
        output.document({ tenant: slug, permission, ...decision }, () => [
          `${decision.allow ? 'allowed' : 'refused'} by ${decision.rule}: ${decision.reason}`,
          ...decision.steps.map(({ rule, outcome }) => `  ${rule.padEnd(20)}${outcome}`),
        ]);
      }),
    );
}

function settingLines({ key, value, winner, reason, sources }: SettingExplanation, override?: { reason: string; by: string }): string[] {
  return [
    `${key} = ${JSON.stringify(value)}  (${winner}: ${reason})`,
    ...sources.map(({ source, state, value: said, version, at, until }) =>
      [
        `  ${source.padEnd(12)}${state.padEnd(11)}`,
        ...(said === undefined ? [] : [JSON.stringify(said)]),
        ...(version === null ? [] : [`version ${version}`]),
        ...(at === null ? [] : [`of ${at}`]),
        ...(until === null ? [] : [`until ${until}`]),
      ].join('  '),
    ),
    ...(override ? [`  the override is by ${override.by}: ${override.reason}`] : []),
  ];
}
