import { setTimeout as delay } from 'node:timers/promises';
import { isRestError, type KeyVaultSecret } from '@azure/keyvault-secrets';
import { type Secret, SecretNotFoundError, type SecretSource, SecretsUnavailableError } from '#kernel/isolation/secret-source.js';
import { type KeyVaultOptions, openVaultClients, type VaultClients } from './vault-clients.js';
import { withinBudget } from './within-budget.js';

const READ_BUDGET_MS = 1_500;
const WRITE_BUDGET_MS = 20_000;
const SETTLE_MS = 250;

/** Secrets in Azure Key Vault. A read takes 1.5 s at most, a write 20 s; `delete` needs a vault without purge protection. */
export class KeyVaultSecrets implements SecretSource {
  private readonly clients: VaultClients;

  constructor(options: KeyVaultOptions) {
    this.clients = openVaultClients(options);
  }

  get(name: string): Promise<Secret> {
    return ask(name, READ_BUDGET_MS, async (abortSignal) => toSecret(await this.clients.reader.getSecret(name, { abortSignal })));
  }

  set(name: string, value: string): Promise<Secret> {
    const { writer } = this.clients;
    return ask(name, WRITE_BUDGET_MS, (abortSignal) =>
      whileInConflict(
        abortSignal,
        async () => toSecret(await writer.setSecret(name, value, { abortSignal })),
        () => this.recover(name, abortSignal),
      ),
    );
  }

  delete(name: string): Promise<void> {
    const { writer } = this.clients;
    return ask(name, WRITE_BUDGET_MS, (abortSignal) =>
      whileInConflict(abortSignal, async () => {
        await ignoring([404], () => this.softDelete(name, abortSignal));
        await ignoring([404], () => writer.purgeDeletedSecret(name, { abortSignal }));
      }),
    );
  }

  async *names(): AsyncIterable<string> {
    try {
      for await (const { name } of this.clients.writer.listPropertiesOfSecrets()) yield name;
    } catch (error) {
      throw new SecretsUnavailableError('the list of names', error);
    }
  }

  async *deletedNames(): AsyncIterable<string> {
    try {
      for await (const { name } of this.clients.writer.listDeletedSecrets()) yield name;
    } catch (error) {
      throw new SecretsUnavailableError('the list of deleted names', error);
    }
  }

  // Recovering rather than purging: it needs no right to purge, and works in a vault with purge protection.
  private async recover(name: string, abortSignal: AbortSignal): Promise<void> {
    await ignoring([404, 409], async () => {
      const recovery = await this.clients.writer.beginRecoverDeletedSecret(name, { abortSignal, intervalInMs: SETTLE_MS });
      await recovery.pollUntilDone({ abortSignal });
    });
  }

  private async softDelete(name: string, abortSignal: AbortSignal): Promise<void> {
    const deletion = await this.clients.writer.beginDeleteSecret(name, { abortSignal, intervalInMs: SETTLE_MS });
    await deletion.pollUntilDone({ abortSignal });
  }
}

async function ask<T>(name: string, budget: number, work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await withinBudget(budget, work);
  } catch (error) {
    // The code, not the status alone: a wrong address answers 404 too, and must not read as "no such secret".
    if (isRestError(error) && error.code === 'SecretNotFound') throw new SecretNotFoundError(name);
    throw new SecretsUnavailableError(name, error);
  }
}

/** Repeats work that the vault refuses because the name is deleted, being deleted or being purged: it settles in seconds. */
async function whileInConflict<T>(abortSignal: AbortSignal, work: () => Promise<T>, settle?: () => Promise<void>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      await settle?.();
      await delay(SETTLE_MS, undefined, { signal: abortSignal });
    }
  }
}

async function ignoring(statuses: readonly number[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!statuses.some((status) => hasStatus(error, status))) throw error;
  }
}

function hasStatus(error: unknown, status: number): boolean {
  return isRestError(error) && error.statusCode === status;
}

function toSecret({ value, properties }: KeyVaultSecret): Secret {
  if (value === undefined || !properties.version) throw new TypeError('The vault answered without a value or a version.');
  return { value, version: properties.version };
}
