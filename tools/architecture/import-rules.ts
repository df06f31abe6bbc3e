import { posix } from 'node:path';
import { ROOMS, SDK_HOME } from '#tools/architecture/rooms.js';
import type { SdkHome } from '#tools/architecture/rooms.js';
import type { ImportedModule, SourceFile } from '#tools/architecture/source-file.js';
import type { Finding } from '#tools/architecture/rules.js';

// It loads the files of a folder of migrations, whose names are data.
const MAY_COMPUTE = ['adapters/postgres/migration-line.ts'];

/** What is wrong with each import of a shipped file: its direction, its package, or that it cannot be read. */
export function importFindings(file: SourceFile): Finding[] {
  return file.imports.flatMap((imported) => {
    const says = complaintAbout(file, imported);
    return says ? [{ ...says, line: imported.line }] : [];
  });
}

function complaintAbout(file: SourceFile, { name }: ImportedModule): Omit<Finding, 'line'> | undefined {
  if (name === undefined) {
    return MAY_COMPUTE.includes(file.path)
      ? undefined
      : { rule: 'computed-import', says: 'imports a module whose name is only known while running' };
  }
  const target = ownPath(file, name);
  return target === undefined ? sdkComplaint(file, name) : roomComplaint(file, target);
}

/** `#kernel/x.js` and `../kernel/x.js` alike as `kernel/x.js`; undefined for a package. */
function ownPath(file: SourceFile, name: string): string | undefined {
  if (name.startsWith('#')) return name.slice(1);
  return name.startsWith('.') ? posix.join(posix.dirname(file.path), name) : undefined;
}

function roomComplaint(file: SourceFile, target: string): Omit<Finding, 'line'> | undefined {
  const [room = '', folder] = target.split('/');
  if (room === 'testing' || /[.-]spec\.js$|\.contract\.js$/.test(target))
    return { rule: 'spec-only', says: `imports ${target}, which is for specs` };
  if (room === file.room) {
    const crosses = room === 'plugins' && folder !== file.path.split('/')[1];
    return crosses ? { rule: 'plugin', says: `imports plugin ${folder ?? ''}; plugins learn of each other through the outbox` } : undefined;
  }
  if (ROOMS[file.room]?.mayImport.includes(room)) return undefined;
  return { rule: 'room', says: `imports ${target}; ${file.room} may import ${ROOMS[file.room]?.mayImport.join(', ') || 'no other room'}` };
}

function sdkComplaint(file: SourceFile, name: string): Omit<Finding, 'line'> | undefined {
  const [owner] = Object.keys(SDK_HOME)
    .filter((key) => (key.endsWith('/') ? name.startsWith(key) : name === key || name.startsWith(`${key}/`)))
    .sort((a, b) => b.length - a.length);
  const home = owner === undefined ? undefined : SDK_HOME[owner];
  if (!home || isHome(home, file.path)) return undefined;
  return {
    rule: 'sdk',
    says: `imports ${name}, which belongs ${'in' in home ? `in ${home.in.join(', ')}` : `outside ${home.except.join(', ')}`}`,
  };
}

function isHome(home: SdkHome, path: string): boolean {
  const within = (folder: string) => path.startsWith(`${folder}/`);
  return 'in' in home ? home.in.some(within) : !home.except.some(within);
}
