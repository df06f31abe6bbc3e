import ts from 'typescript';

/** A module named by a file, and the line that names it; `name` is undefined where it is computed while running. */
export interface ImportedModule {
  readonly name: string | undefined;
  readonly line: number;
}

/** A file of `src`, parsed: its path from `src` with forward slashes, its syntax, and what it imports, by either kind of import. */
export class SourceFile {
  readonly room: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly ImportedModule[];

  constructor(
    readonly path: string,
    readonly text: string,
  ) {
    this.room = path.split('/', 1)[0] ?? '';
    this.tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    this.imports = importsOf(this);
  }

  /** Specs, and the contracts that specs share, are not shipped: they may reach for whatever shows the behaviour. */
  get isSpec(): boolean {
    return this.room === 'testing' || /[.-]spec\.ts$|\.contract\.ts$/.test(this.path);
  }

  get lines(): number {
    return this.text.trimEnd().split('\n').length;
  }

  lineOf(node: ts.Node): number {
    return this.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  }

  /** Every node, outermost first. */
  *nodes(from: ts.Node = this.tree): Generator<ts.Node> {
    yield from;
    const children: ts.Node[] = [];
    ts.forEachChild(from, (child) => void children.push(child));
    for (const child of children) yield* this.nodes(child);
  }
}

function importsOf(file: SourceFile): ImportedModule[] {
  const found: ImportedModule[] = [];
  for (const node of file.nodes()) {
    const named = moduleNamedBy(node);
    if (named) found.push({ name: ts.isStringLiteralLike(named) ? named.text : undefined, line: file.lineOf(node) });
  }
  return found;
}

function moduleNamedBy(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) return node.moduleReference.expression;
  if (ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire(node.expression)))
    return node.arguments[0];
  return undefined;
}

function isRequire(called: ts.Expression): boolean {
  return ts.isIdentifier(called) && called.text === 'require';
}
