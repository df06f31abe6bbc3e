import type { FuncCall, Node, RangeVar, SelectStmt } from 'libpg-query';
import { namesOf } from './column-of.js';
import type { Told } from './told.js';

/** What the fence offers to migrations (provisioning/tenancy.sql), each with the text that its second argument must be, if there is one. */
const HELPERS: Readonly<Record<string, RegExp>> = {
  'tenancy.protect': /^(select|insert|update|delete)(, *(select|insert|update|delete))*$/,
  'tenancy.show_auditors': /^\{[a-z_0-9,]*\}$/,
  'tenancy.lay_policies': /^(?!)/,
};

/** The helpers that a select asks, if it does nothing else: `select tenancy.protect('tickets')`. */
export function helperCalls(select: SelectStmt): Told[] | undefined {
  const { targetList = [], ...others } = select;
  const calls = targetList.map((node) => ('ResTarget' in node ? helperCall(node.ResTarget.val) : undefined));
  return calls.length === 0 || calls.includes(undefined) || Object.keys(others).some((part) => part !== 'limitOption' && part !== 'op')
    ? undefined
    : (calls as Told[]);
}

function helperCall(value: Node | undefined): Told | undefined {
  if (!value || !('FuncCall' in value)) return undefined;
  const name = namesOf(value.FuncCall.funcname).join('.');
  const [table, second, ...others] = textsOf(value.FuncCall);
  const may = HELPERS[name];
  if (!may || !table || others.length > 0 || (second !== undefined && !may.test(second))) return undefined;
  const relation = relationOf(table);
  return { kind: 'call', name, argument: relation.relname ?? '', relation };
}

function textsOf({ args = [] }: FuncCall): string[] {
  return args.map((node) => ('A_Const' in node ? (node.A_Const.sval?.sval ?? '') : ''));
}

/** As PostgreSQL reads the name of a table in a text. */
function relationOf(text: string): RangeVar {
  const names = (text.match(/"(?:[^"]|"")+"|[^."]+/g) ?? []).map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase(),
  );
  return { relname: names.at(-1) ?? '', schemaname: names.slice(0, -1).join('.') };
}
