import { join } from 'node:path';
import ts from 'typescript';

/** A program of files that exist in memory only, with the project's own compiler options; `files` maps absolute paths to text. */
export function plantedProgram(top: string, files: ReadonlyMap<string, string>): ts.Program {
  const read: unknown = ts.readConfigFile(join(top, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config;
  const { options } = ts.parseJsonConfigFileContent(read, ts.sys, top);
  const host = ts.createCompilerHost(options, true);
  host.readFile = (path) => files.get(path) ?? ts.sys.readFile(path);
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path);
  return ts.createProgram([...files.keys()], options, host);
}
