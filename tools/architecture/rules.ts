import ts from 'typescript';
import { importFindings } from '#tools/architecture/import-rules.js';
import { ROOMS } from '#tools/architecture/rooms.js';
import { SourceFile } from '#tools/architecture/source-file.js';
import { tierFindings } from '#tools/architecture/tier-branches.js';

/** One broken rule at one line. */
export interface Finding {
  readonly rule: string;
  readonly says: string;
  readonly line: number;
}

const LONGEST_FILE = 400;

/** What a file of `src` breaks; `path` is counted from `src`. Specs and the harness answer only for living in a room. */
export function findingsIn(path: string, text: string): Finding[] {
  const file = new SourceFile(path, text);
  if (!ROOMS[file.room]) return [{ rule: 'no-room', says: 'lies in no room of the table', line: 1 }];
  if (file.isSpec) return [];
  return [...importFindings(file), ...environmentFindings(file), ...tierFindings(file), ...lengthFindings(file)].sort(
    (a, b) => a.line - b.line,
  );
}

/** Any mention of `process.env`, also by destructuring or by importing `env`. */
function environmentFindings(file: SourceFile): Finding[] {
  if (file.room === 'main') return [];
  return [...file.nodes()]
    .filter(readsEnvironment)
    .map((node) => ({ rule: 'environment', says: 'reads the environment; only main may', line: file.lineOf(node) }));
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression);
  if (ts.isElementAccessExpression(node)) return /env/.test(node.argumentExpression.getText()) && isProcess(node.expression);
  if (ts.isBindingElement(node)) return (node.propertyName ?? node.name).getText() === 'env' && isProcess(initializerOf(node));
  if (ts.isImportSpecifier(node)) return (node.propertyName ?? node.name).text === 'env' && /^(node:)?process$/.test(moduleOf(node));
  return false;
}

function isProcess(node: ts.Node | undefined): boolean {
  return node !== undefined && /(^|\.)process$/.test(node.getText());
}

function initializerOf(element: ts.BindingElement): ts.Node | undefined {
  const declared = element.parent.parent;
  return ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
}

function moduleOf(specifier: ts.ImportSpecifier): string {
  const from = specifier.parent.parent.parent.moduleSpecifier;
  return ts.isStringLiteral(from) ? from.text : '';
}

function lengthFindings(file: SourceFile): Finding[] {
  return file.lines > LONGEST_FILE
    ? [{ rule: 'length', says: `has ${file.lines} lines; say one thing in at most ${LONGEST_FILE}`, line: LONGEST_FILE }]
    : [];
}
