import type { BenchWorld } from '#tools/bench/bench-world.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import type { Variant } from '#tools/bench/interleave.js';
import { runRace } from '#tools/bench/throughput.js';
import { checkRows, insertText, newRow, readText } from '#tools/bench/ticket-rows.js';
import { TIERS, type Tier } from '#testing/test-platform.js';

/** Each backend analyses a statement anew for each schema, five times before it keeps the plan. */
const WARM_UP_OF_SCHEMAS = 6_000;

const READ = { ours: readText('tickets'), plain: readText('plain.tickets', 'tenant_id = $2 and'), recipe: readText('recipe.tickets') };
const INSERT = { ours: insertText('tickets'), plain: insertText('plain.tickets'), recipe: insertText('recipe.tickets') };

/** One list of 20 rows through the driver, on every tier, beside node-postgres and the usual recipe. */
export const readCase: BenchCase = {
  name: 'read',
  run: (world) => atEachConcurrency(world, 'read', readVariants(world)),
};

/** One insert, likewise. */
export const insertCase: BenchCase = {
  name: 'insert',
  run: (world) => atEachConcurrency(world, 'insert', insertVariants(world)),
};

export function readVariants({ plain, tenants, sql }: BenchWorld): Variant[] {
  const without = (name: string, read: (tenantId: string) => Promise<unknown[]>): Variant => ({
    name,
    run: async () => {
      const { id } = tenants.pick('row');
      checkRows(name, await read(id), id);
    },
  });
  return [
    without('plain', (id) => plain.query(READ.plain, ['open', id])),
    without('plain prepared', (id) => plain.prepared('read', READ.plain, ['open', id])),
    without('recipe', (id) => plain.recipe(id, READ.recipe, ['open'])),
    ...TIERS.map((tier) => ({
      name: tier,
      ...warmUpOf(tier),
      run: async () => {
        const tenant = tenants.pick(tier);
        checkRows(tier, await sql.run(tenant, READ.ours, ['open']), tenant.id);
      },
    })),
  ];
}

export function insertVariants({ plain, tenants, sql }: BenchWorld): Variant[] {
  const without = (name: string, insert: (tenantId: string) => Promise<unknown[]>): Variant => ({
    name,
    run: async () => {
      const { id } = tenants.pick('row');
      checkRows(name, await insert(id), id, 1);
    },
  });
  return [
    without('plain', (id) => plain.query(INSERT.plain, newRow(id))),
    without('plain prepared', (id) => plain.prepared('insert', INSERT.plain, newRow(id))),
    without('recipe', (id) => plain.recipe(id, INSERT.recipe, newRow(id))),
    ...TIERS.map((tier) => ({
      name: tier,
      ...warmUpOf(tier),
      run: async () => {
        const tenant = tenants.pick(tier);
        checkRows(tier, await sql.run(tenant, INSERT.ours, newRow(tenant.id)), tenant.id, 1);
      },
    })),
  ];
}

export function warmUpOf(tier: Tier): { warmUp?: number } {
  return tier === 'schema' ? { warmUp: WARM_UP_OF_SCHEMAS } : {};
}

/** Each tier beside plain for speed, and the row tier beside the recipe as a line of its own. */
async function atEachConcurrency({ options, clock, book }: BenchWorld, name: string, variants: readonly Variant[]): Promise<void> {
  let isWarm = false;
  for (const concurrency of [1, 16, 64]) {
    await runRace({ name, variants }, { concurrency, cycles: options.cycles, sliceMs: 40, isWarm }, clock, book);
    compareWithRecipe(book, name, concurrency);
    isWarm = true;
  }
}

function compareWithRecipe(book: BenchWorld['book'], name: string, concurrency: number): void {
  const recipe = book.find(`${name}/recipe@${concurrency}`);
  for (const tier of TIERS) {
    const ours = book.find(`${name}/${tier}@${concurrency}`);
    if (!ours || !recipe) continue;
    const ratio = ours.value / recipe.value;
    book.add({
      ...ours,
      name: `${name}/${tier} to recipe@${concurrency}`,
      baseline: recipe.value,
      ratio,
      spread: null,
      details: { baselineName: 'recipe' },
    });
  }
}
