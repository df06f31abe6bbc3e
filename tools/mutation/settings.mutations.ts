import type { Mutation } from './mutation.js';

const SETTINGS = 'src/workspace/settings';
const RESOLUTION = { file: `${SETTINGS}/resolution.ts`, specs: [`${SETTINGS}/resolution.spec.ts`] };
const MEMORY = { file: 'src/kernel/tenancy/tenant-memory.ts', specs: ['src/kernel/tenancy/tenant-memory.spec.ts'] };
const WHOLE = [`${SETTINGS}/settings.int-spec.ts`];
const SERVICE = { file: `${SETTINGS}/settings.service.ts`, specs: WHOLE };
const FLAGS_SPECS = ['src/adapters/unleash/unleash-flags.int-spec.ts'];
const UPLOADS = {
  file: 'src/plugins/tickets/attachments/attachments.service.ts',
  specs: ['src/plugins/tickets/attachments/attachments.e2e-spec.ts'],
};

/** Settings and flags: each tenant's own, as long as they count, and never more than was given. */
export const SETTINGS_MUTATIONS: readonly Mutation[] = [
  {
    ...MEMORY,
    name: 'settings: what is read for one tenant is given to no other',
    find: '#loads.join(`id:${tenantId}`,',
    replace: `#loads.join('id:',`,
  },
  {
    ...MEMORY,
    name: 'settings: what was read before a change is not remembered',
    find: 'if (load.mayKeep(tenantId)) this',
    replace: 'if (load) this',
  },
  {
    ...RESOLUTION,
    name: 'settings: what has ended does not count',
    find: `  if (row.until !== null && now >= row.until) return { state: 'over' };\n`,
    replace: '',
  },
  {
    ...RESOLUTION,
    name: 'settings: what the platform says comes before what the tenant says',
    find: `  if (stored.override.state === 'usable') return ['override', stored.override.value as Value];\n  if (stored.tenant.state === 'usable') return ['tenant', own];\n`,
    replace: `  if (stored.tenant.state === 'usable') return ['tenant', own];\n  if (stored.override.state === 'usable') return ['override', stored.override.value as Value];\n`,
  },
  {
    ...RESOLUTION,
    name: 'settings: no flag opens what the plan does not have',
    find: '!(said.isEntitled && said.isFlagOn)',
    replace: '!said.isFlagOn',
  },
  {
    ...RESOLUTION,
    name: 'settings: a tenant has no more than it was given',
    find: 'const narrowed = key.narrow ? key.narrow(own, given) : own;',
    replace: 'const narrowed = own;',
  },
  {
    ...RESOLUTION,
    name: 'settings: what is not of the type of its setting does not count',
    find: `checked.problems ? { state: 'invalid' } : { state: 'usable', value: checked.value }`,
    replace: `{ state: 'usable', value: checked.problems ? row.value : checked.value }`,
  },
  {
    ...SERVICE,
    name: 'settings: one is changed by who knows its version',
    find: 'match?.require(before?.version ?? 0);',
    replace: 'void match;',
  },
  {
    ...SERVICE,
    name: 'settings: a change is told to those who remember',
    find: 'transaction.afterCommit(() => this.settings.changed(transaction.tenant.id));',
    replace: '',
  },
  {
    name: 'settings: a feature that is switched off is refused',
    file: 'src/workspace/access/access.ts',
    find: 'closed: (await this.parts.gates?.closed(feature))?.reason',
    replace: 'closed: undefined',
    specs: WHOLE,
  },
  {
    ...UPLOADS,
    name: 'settings: no file is larger than one may be',
    find: 'if (length > largestMb * MEGABYTE) throw new FileTooLargeError(largestMb);',
    replace: '',
  },
  {
    ...UPLOADS,
    name: 'flags: what is switched off is refused',
    find: `if (!this.flags.isOn('ticket-uploads', tenant)) throw new UploadsClosedError();`,
    replace: '',
  },
  {
    name: 'flags: nobody signs up where it is switched off',
    file: 'src/control/onboarding/signup-door.ts',
    find: `    if (!this.parts.flags.isOn('signup-open', wanted)) throw new SignUpClosedError();\n`,
    replace: '',
    specs: ['src/control/onboarding/signup.int-spec.ts'],
  },
  {
    name: 'flags: an answer that knows none of our flags is not believed',
    file: 'src/adapters/unleash/flag-state.ts',
    find: '  if (!features.some(({ name }) => known.includes(name))) return null;\n',
    replace: '',
    specs: FLAGS_SPECS,
  },
  {
    name: 'flags: the SDK is ended between two questions only',
    file: 'src/adapters/unleash/unleash-poller.ts',
    find: 'if (!this.#isAsking) this.#unleash?.destroy();',
    replace: 'this.#unleash?.destroy();',
    specs: FLAGS_SPECS,
  },
];
