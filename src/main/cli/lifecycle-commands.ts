import type { Command } from 'commander';
import type { TenantStanding } from '#catalog/lifecycle/lifecycle-book.js';
import { SUSPENSION_CAUSES, type SuspensionCause } from '#catalog/lifecycle/suspensions.js';
import type { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import type { Output } from '#main/cli/output.js';
import type { Session } from '#main/cli/session.js';
import { reportTenant, tenantLines } from '#main/cli/tenant-report.js';
import { UsageError } from '#main/cli/usage-error.js';
import type { Provisioning } from '#main/provisioning.js';

interface Flags {
  readonly reason: string;
  readonly cause?: string;
}

/** A command, what it is for, and what it does; those `perCause` act for one cause of suspension. */
interface Verb {
  readonly name: string;
  readonly description: string;
  readonly perCause?: true;
  readonly act: (lifecycle: TenantLifecycle, id: string, flags: { reason: string; cause: SuspensionCause }) => Promise<TenantStanding>;
}

const VERBS: readonly Verb[] = [
  {
    name: 'suspend',
    description: 'shut everybody of a tenant out within a second; its data is kept',
    perCause: true,
    act: (lifecycle, id, why) => lifecycle.suspend(id, why),
  },
  {
    name: 'reinstate',
    description: 'lift a suspension; the tenant works again when no other cause is left',
    perCause: true,
    act: (lifecycle, id, why) => lifecycle.reinstate(id, why),
  },
  {
    name: 'cancel',
    description: 'end a tenant; its data is kept until retention is over',
    act: (lifecycle, id, why) => lifecycle.cancel(id, why),
  },
  {
    name: 'reactivate',
    description: 'bring a cancelled tenant back, as long as its erasure has not begun',
    act: (lifecycle, id, why) => lifecycle.reactivate(id, why),
  },
  {
    name: 'hold',
    description: 'keep the data of a tenant from being erased, whatever is due',
    act: (lifecycle, id, why) => lifecycle.hold(id, why),
  },
  { name: 'release', description: 'lift a legal hold', act: (lifecycle, id, why) => lifecycle.release(id, why) },
];

/** `tenant suspend`, `reinstate`, `cancel`, `reactivate`, `hold` and `release`, beside the other commands of `tenant`. */
export function addLifecycleCommands(tenant: Command, session: Session): void {
  for (const verb of VERBS) {
    const command = tenant.command(`${verb.name} <slug>`).description(verb.description).requiredOption('--reason <reason>');
    if (verb.perCause) command.option('--cause <cause>', `whose suspension: ${SUSPENSION_CAUSES.join(', ')}`, 'operator');
    command.action((slug: string, flags: Flags) =>
      session.provisioned(async ({ platform, provisioning, output }) => {
        const why = { reason: reasonOf(flags), cause: causeOf(flags) };
        const { id } = await provisioning.tenants.get(slug);
        await show(await verb.act(platform.lifecycle, id, why), provisioning, output);
      }),
    );
  }
}

async function show(standing: TenantStanding & { isSealed?: boolean }, provisioning: Provisioning, output: Output): Promise<void> {
  const { tenant, suspensions, retention, legalHold, isSealed = true } = standing;
  const report = { ...(await reportTenant(tenant, provisioning)), suspensions, retention, legalHold, isSealed };
  output.document(report, () => [
    ...tenantLines(report),
    ...suspensions.map(({ cause, reason, since }) => `  suspended  by ${cause} since ${since.toISOString()}: ${reason}`),
    ...(retention ? [`  erased on  ${retention.dueAt.toISOString()} (${retention.state})`] : []),
    ...(legalHold ? [`  held       since ${legalHold.since.toISOString()}: ${legalHold.reason}`] : []),
  ]);
  if (isSealed) return;
  output.note(`${tenant.slug} is ${tenant.status}, and its database could not be told yet; the platform's workers go on with it.`);
  process.exitCode = 1;
}

function reasonOf({ reason }: Flags): string {
  const text = reason.trim();
  if (text === '' || text.length > 2_000) throw new UsageError('a reason has 1 to 2,000 characters');
  return text;
}

function causeOf({ cause = 'operator' }: Flags): SuspensionCause {
  const known = SUSPENSION_CAUSES.find((candidate) => candidate === cause);
  if (!known) throw new UsageError(`${JSON.stringify(cause)} is no cause: ${SUSPENSION_CAUSES.join(', ')}`);
  return known;
}
