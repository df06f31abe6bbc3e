import { join } from 'node:path';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { BANS, ENVIRONMENT_BAN, KYSELY_BAN, RAW_SQL_BAN, SQL_BANS } from './architecture/lint-bans.mjs';

const SPECS = ['**/*.spec.ts', '**/*-spec.ts', '**/*.contract.ts', 'src/testing/**/*.ts'];
const MAY_WRITE_SQL = ['src/kernel/isolation/**', 'src/catalog/**', 'src/adapters/postgres/**'];
// What a query builder cannot say, on the connection of the tenant in scope and no other.
const MAY_TAG_SQL = ['outbox', 'jobs', 'idempotency'].map((part) => `src/kernel/${part}/**`);
const banned = (...bans) => ({ 'no-restricted-syntax': ['error', ...Object.values(BANS), ...bans] });

/** The lint of everything written by hand; call with `eslint --config tools/eslint.config.mjs --max-warnings 0 .` from the top folder. */
export default defineConfig(
  { ignores: ['dist/**', '.data/**', '.cache/**', 'coverage/**', 'bench/**', 'src/console/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,mjs}'],
    extends: [tseslint.configs.base],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }], // `== null` asks for null and undefined at once
      'no-empty': 'error', // a swallowed error: at least a comment says why it may be
      'no-unreachable': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: join(import.meta.dirname, '..') } },
    rules: {
      ...banned(),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }], // `() => stop()` and `return refuse()` hide no value
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }], // a Nest module is an empty class with a decorator
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // `rows<Ticket>()` says what a statement answers, which nothing else can
      '@typescript-eslint/require-await': 'off', // a port's method is async for all who implement it, also for one that need not wait
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }], // a number prints as what it is
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/main/**', ...MAY_WRITE_SQL, ...MAY_TAG_SQL, ...SPECS],
    rules: banned(ENVIRONMENT_BAN, KYSELY_BAN, ...SQL_BANS, RAW_SQL_BAN),
  },
  { files: MAY_WRITE_SQL, ignores: SPECS, rules: banned(ENVIRONMENT_BAN) },
  { files: MAY_TAG_SQL, ignores: SPECS, rules: banned(ENVIRONMENT_BAN, KYSELY_BAN, ...SQL_BANS) },
  { files: ['src/main/**/*.ts'], ignores: SPECS, rules: banned(...SQL_BANS, RAW_SQL_BAN) },
  {
    files: SPECS,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // what is not there fails the spec all the same
      '@typescript-eslint/no-unsafe-argument': 'off', // an answer is read as it came; the expectation is its check
      '@typescript-eslint/no-unsafe-assignment': 'off', // likewise
      '@typescript-eslint/no-unsafe-call': 'off', // likewise
      '@typescript-eslint/no-unsafe-member-access': 'off', // likewise
      '@typescript-eslint/no-unsafe-return': 'off', // likewise
      '@typescript-eslint/unbound-method': 'off', // `expect(port.method)` does not call it
    },
  },
);
