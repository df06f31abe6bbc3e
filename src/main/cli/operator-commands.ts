import type { Command } from 'commander';
import type { OperatorCard } from '#catalog/operators/operator-people.js';
import { CreateOperator, OperatorEmail } from '#control/operators/people/operator.schemas.js';
import { OperatorNotFoundError } from '#control/operators/operator.errors.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { OPERATOR_ROLES } from '#kernel/plugin/platform-permission.js';
import type { Session } from '#main/cli/session.js';
import { UsageError } from '#main/cli/usage-error.js';
import { openOperatorDesk } from '#main/operator-desk.js';

interface CreateFlags {
  readonly email: string;
  readonly name?: string;
  readonly role?: string;
}

const ANY_VERSION = IfMatch.from('*');

/** `operator …`: who may sign in at the operators' host; the way in for the first of them. */
export function addOperatorCommands(program: Command, session: Session): void {
  const operator = program.command('operator').description('make, list and disable those who run the platform');

  operator
    .command('create')
    .description('make an operator and print the link to set a password with, this once; the first one is an owner')
    .requiredOption('--email <email>')
    .option('--name <name>', 'what the record calls them; the address when not given')
    .option('--role <roles>', `${OPERATOR_ROLES.join(', ')}; several with commas; support when not given`)
    .action((flags: CreateFlags) =>
      session.platform(async ({ platform, output }) => {
        const { operators } = openOperatorDesk(platform);
        const isFirst = (await operators.list({ limit: 1 })).data.length === 0;
        const { card, link } = await operators.create(personOf(flags, isFirst ? 'owner' : 'support'));
        const made = { ...entryOf(card), setupUrl: link.url, expiresAt: link.expiresAt.toISOString() };
        output.document(made, () => [`${card.email} (${card.roles.join(', ')})`, `  ${link.url}   (shown once, until ${made.expiresAt})`]);
      }),
    );

  operator
    .command('list')
    .description('print every operator, the newest first')
    .action(() =>
      session.platform(async ({ platform, output }) => {
        const { operators } = openOperatorDesk(platform);
        const all: OperatorCard[] = [];
        let cursor: string | null | undefined;
        do {
          const page = await operators.list({ limit: 100, ...(cursor && { cursor }) });
          all.push(...page.data);
          cursor = page.nextCursor;
        } while (cursor);
        output.document(all.map(entryOf), () =>
          all.map(({ email, status, roles }) => [email.padEnd(40), status, roles.join(',')].join('  ')),
        );
      }),
    );

  operator
    .command('link')
    .description('print a new link to set a password with; those before are worth nothing then')
    .requiredOption('--email <email>')
    .action(({ email }: { email: string }) =>
      session.platform(async ({ platform, output }) => {
        const desk = openOperatorDesk(platform);
        const { id } = await found(desk, email);
        const { url, expiresAt } = await desk.operators.link(id);
        output.document({ id, setupUrl: url, expiresAt: expiresAt.toISOString() }, () => [`${url}   (shown once)`]);
      }),
    );

  operator
    .command('disable')
    .description('end every session of an operator and let them in no more')
    .requiredOption('--email <email>')
    .action(({ email }: { email: string }) =>
      session.platform(async ({ platform, output }) => {
        const desk = openOperatorDesk(platform);
        const { id } = await found(desk, email);
        const card = await desk.operators.change(id, ANY_VERSION, { status: 'disabled' });
        output.document(entryOf(card), () => [`${card.email} is disabled`]);
      }),
    );
}

async function found({ records }: ReturnType<typeof openOperatorDesk>, email: string): Promise<{ id: string }> {
  const account = await records.once(({ people }) => people.byEmail(email.trim().toLowerCase()));
  if (!account) throw new OperatorNotFoundError();
  return account;
}

function personOf({ email, name, role }: CreateFlags, usualRole: string): Pick<OperatorCard, 'email' | 'name' | 'roles'> {
  const address = OperatorEmail.safeParse(email);
  if (!address.success) throw new UsageError(`${JSON.stringify(email)} is not an e-mail address`);
  const roles = CreateOperator.shape.roles.safeParse((role ?? usualRole).split(',').map((one) => one.trim()));
  if (!roles.success) throw new UsageError(`${JSON.stringify(role)} is not a list of ${OPERATOR_ROLES.join(', ')}`);
  return { email: address.data, name: name ?? address.data, roles: roles.data };
}

function entryOf({ id, email, name, roles, status }: OperatorCard): object {
  return { id, email, name, roles, status };
}
