import ts from 'typescript';
import type { Finding } from '#tools/architecture/rules.js';
import type { SourceFile } from '#tools/architecture/source-file.js';

const KINDS = ['row', 'schema', 'database'];
const PLANS = ['starter', 'professional', 'enterprise'];
// Where the three ways are: drivers that route, placing, and the making of places.
const MAY_BRANCH = /^kernel\/|^control\/provisioning\/|^adapters\/postgres\//;

/** Each place outside the drivers that decides by a plan or a kind of placement, instead of asking a driver or the plan's data. */
export function tierFindings(file: SourceFile): Finding[] {
  if (MAY_BRANCH.test(file.path)) return [];
  return [...file.nodes()].filter(branchesOnTier).map((node) => ({
    rule: 'tier-branch',
    says: `decides by ${excerpt(node)}; ask the placement's driver or the plan's data`,
    line: file.lineOf(node),
  }));
}

function branchesOnTier(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node) && isComparison(node.operatorToken.kind))
    return isPair(node.left, node.right) || isPair(node.right, node.left);
  if (ts.isSwitchStatement(node))
    return node.caseBlock.clauses.some((clause) => ts.isCaseClause(clause) && isPair(node.expression, clause.expression));
  // A table with a function or value for each kind is the same decision.
  return ts.isElementAccessExpression(node) && isPlacementKind(node.argumentExpression);
}

function isComparison(kind: ts.SyntaxKind): boolean {
  const { EqualsEqualsToken, EqualsEqualsEqualsToken, ExclamationEqualsToken, ExclamationEqualsEqualsToken } = ts.SyntaxKind;
  return [EqualsEqualsToken, EqualsEqualsEqualsToken, ExclamationEqualsToken, ExclamationEqualsEqualsToken].some((token) => token === kind);
}

function isPair(subject: ts.Expression, literal: ts.Expression): boolean {
  if (isPlacementKind(subject)) return true;
  if (!ts.isStringLiteralLike(literal)) return false;
  return PLANS.includes(literal.text) || (KINDS.includes(literal.text) && /\bkind$/i.test(subject.getText()));
}

function isPlacementKind(node: ts.Expression): boolean {
  return /\bplacement!?\??\.kind$/i.test(node.getText());
}

function excerpt(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
