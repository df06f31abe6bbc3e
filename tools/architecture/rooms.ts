/** A room of `src`: what it is for, and which other rooms its files may import. */
export interface Room {
  readonly purpose: string;
  readonly mayImport: readonly string[];
}

/** The rooms of `src`, in the order in which they may know each other; a partial order, so no circle can be built. */
export const ROOMS: Readonly<Record<string, Room>> = {
  kernel: { purpose: 'Whose work is this, and where do its rows live?', mayImport: [] },
  workspace: { purpose: 'What every tenant has, whatever product it bought.', mayImport: ['kernel'] },
  catalog: { purpose: 'What the platform records about its tenants.', mayImport: ['kernel'] },
  control: { purpose: 'What the platform does to its tenants.', mayImport: ['kernel', 'workspace', 'catalog'] },
  plugins: { purpose: 'What a tenant does with the product.', mayImport: ['kernel', 'workspace'] },
  adapters: { purpose: 'The outside services, one folder each.', mayImport: ['kernel', 'workspace', 'catalog', 'control'] },
  main: {
    purpose: 'The processes, wired; the only reader of the environment.',
    mayImport: ['kernel', 'workspace', 'catalog', 'control', 'plugins', 'adapters', 'migrations'],
  },
  console: { purpose: 'The browser applications; they know the API by its generated types only.', mayImport: [] },
  testing: {
    purpose: "The specs' harness: every tier, real servers; imported by specs only.",
    mayImport: ['kernel', 'workspace', 'catalog', 'control', 'plugins', 'adapters', 'main', 'migrations', 'tools'],
  },
};

/** Where the import of a package belongs: `in` are the only folders of `src` that may, `except` are the only ones that may not. */
export type SdkHome = { readonly in: readonly string[] } | { readonly except: readonly string[] };

/** Package (or, with a closing slash, scope) to its home; the longest match counts, and the harness and specs are free. */
export const SDK_HOME: Readonly<Record<string, SdkHome>> = {
  pg: { in: ['kernel/isolation', 'adapters/postgres', 'main'] },
  kysely: { in: ['kernel/isolation', 'kernel/outbox', 'kernel/jobs', 'kernel/idempotency', 'adapters/postgres', 'main'] },
  '@mikro-orm/': { in: ['kernel', 'catalog', 'main', 'adapters/postgres'] },
  '@mikro-orm/core': { in: ['kernel', 'catalog', 'workspace', 'plugins', 'main', 'adapters/postgres'] },
  '@azure/': { in: ['adapters/key-vault'] },
  '@aws-sdk/': { in: ['adapters/object-store'] },
  ioredis: { in: ['adapters/redis'] },
  bullmq: { in: ['adapters/bullmq'] },
  stripe: { in: ['adapters/stripe'] },
  'unleash-client': { in: ['adapters/unleash'] },
  nodemailer: { in: ['adapters/mail'] },
  jose: { in: ['kernel/resolution'] },
  fastify: { in: ['main'] },
  '@fastify/': { in: ['main'] },
  '@nestjs/': { except: ['kernel/isolation', 'kernel/tenancy'] },
  zod: { in: ['main', 'plugins', 'workspace', 'control', 'catalog', 'adapters/stripe'] },
};
