import type { Check, Finding } from '#control/doctor/check.js';
import { isDifferent, type Foundations } from '#control/fleet/foundations.js';
import type { HomeDifference } from '#control/fleet/home-truth.js';

/** A database with homes of tenants. */
export interface FoundedDatabase {
  readonly cluster: string;
  readonly database: string;
}

const NAMED = 5;

/** Holds what keeps tenants apart in each database against tenancy.sql, by its catalogue; what somebody added to it is left to a person. */
export class FoundationsCheck implements Check {
  readonly name = 'foundations';

  constructor(
    private readonly foundations: Foundations,
    private readonly databases: () => Promise<readonly FoundedDatabase[]>,
  ) {}

  async look(): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    for (const database of await this.databases()) found.push(...(await this.#look(database)));
    return found;
  }

  async #look({ cluster, database }: FoundedDatabase): Promise<Finding[]> {
    const about = { subject: `foundation of ${cluster}/${database}`, mayBeYoung: false };
    try {
      const difference = await this.foundations.difference(cluster, database);
      if (!isDifferent(difference)) return [];
      if (difference.isOfNewerBuild) return [{ ...about, problem: 'was laid by a newer build: look at it with that one', mend: null }];
      const isMendable = difference.missing.length + difference.changed.length > 0;
      return [{ ...about, problem: problemOf(difference), mend: isMendable ? () => this.#lay(cluster, database) : null }];
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      return [{ ...about, problem: `cannot be looked at (${reason})`, mend: null }];
    }
  }

  async #lay(cluster: string, database: string): Promise<void> {
    await this.foundations.lay(cluster, database);
    const left = await this.foundations.difference(cluster, database);
    if (isDifferent(left)) throw new Error(`it was laid anew and ${problemOf(left)}; \`fleet verify\` says what to do by hand`);
  }
}

function problemOf({ missing, extra, changed }: HomeDifference): string {
  const told: [string, readonly { readonly what: string }[]][] = [
    ['lacks', missing],
    ['has besides', extra],
    ['has otherwise', changed],
  ];
  return told
    .filter(([, facts]) => facts.length > 0)
    .map(([verb, facts]) => `${verb} ${listed(facts.map(({ what }) => what))}`)
    .join('; ');
}

function listed(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return `${names.slice(0, NAMED).join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
}
