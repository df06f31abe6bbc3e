import type { Check, Finding } from '#control/doctor/check.js';
import type { KnownPlace } from '#control/doctor/known-places.js';
import type { SecretSource } from '#kernel/isolation/secret-source.js';

/** The names of secrets that we give to places; others in the vault are nobody's business here. */
const OURS = /^tenant-[0-9a-f]{20}-db-connection$/;

/** Holds the vault against the places on record, both ways. A secret that is gone cannot be made again here: a new one opens nothing. */
export class SecretsCheck implements Check {
  readonly name = 'secrets';

  constructor(
    private readonly secrets: SecretSource,
    private readonly places: () => Promise<readonly KnownPlace[]>,
  ) {}

  async look(): Promise<readonly Finding[]> {
    const kept = new Set<string>();
    for await (const name of this.secrets.names()) kept.add(name);
    const places = await this.places();
    const [wanted, standing] = [secretsOf(places), secretsOf(places.filter(({ isInFlux }) => !isInFlux))];
    return [
      ...[...kept]
        .filter((name) => OURS.test(name) && !wanted.has(name))
        .map((name) => ({
          subject: `secret ${name}`,
          problem: 'opens nothing that is on record',
          mend: () => this.secrets.delete(name),
          mayBeYoung: true,
        })),
      ...[...standing]
        .filter((name) => !kept.has(name))
        .map((name) => ({
          subject: `secret ${name}`,
          problem: 'is on record and not in the vault; `tenant rotate-secret` makes another',
          mend: null,
          // A sign-up makes the secret after the place is on record.
          mayBeYoung: true,
        })),
    ];
  }
}

function secretsOf(places: readonly KnownPlace[]): ReadonlySet<string> {
  return new Set(places.flatMap(({ secret }) => (secret === null ? [] : [secret])));
}
