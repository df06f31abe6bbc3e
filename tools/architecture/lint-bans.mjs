/** What no TypeScript file may say, by the name of the ban; each a selector and a message of `no-restricted-syntax`. */
export const BANS = {
  enterWith: {
    selector: "MemberExpression[property.name='enterWith'], MemberExpression[property.value='enterWith'], Property[key.name='enterWith']",
    message: 'enterWith leaks the tenant into whatever runs next; use TenantScope.run.',
  },
  defaultExport: {
    selector: "ExportDefaultDeclaration, ExportSpecifier[exported.name='default']",
    message: 'A default export has another name in every file; export by name.',
  },
};

/** What only main (and specs and tools) may say. */
export const ENVIRONMENT_BAN = {
  selector: [
    "MemberExpression[property.name='env'][object.name='process']",
    "MemberExpression[property.value='env'][object.name='process']",
    "MemberExpression[property.name='env'][object.property.name='process']",
    "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
    "ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name='env']",
  ].join(', '),
  message: 'Only src/main reads the environment; take the setting as an argument.',
};

const OTHER_WAY = 'it goes round the tenant in scope; use the entity manager or a read model of the kernel.';
const MANAGER = '/^(em|tx|orm|fork|manager|entityManager|connection|client|pool|db)$/';

/** Ways to reach rows by SQL, which only the rooms that route it may use. */
export const SQL_BANS = [
  {
    selector: 'CallExpression[callee.property.name=/^(getConnection|getKysely|createQueryBuilder|qb)$/]',
    message: `A connection or a query builder taken by hand: ${OTHER_WAY}`,
  },
  {
    selector: [
      `CallExpression[callee.property.name=/^(execute|query)$/][callee.object.name=${MANAGER}]`,
      `CallExpression[callee.property.name=/^(execute|query)$/][callee.object.property.name=${MANAGER}]`,
      `CallExpression[callee.property.name=/^(execute|query)$/][callee.object.callee.property.name=${MANAGER}]`,
    ].join(', '),
    message: `SQL run by hand: ${OTHER_WAY}`,
  },
];

/** Statements written out, which only rooms that must say what a query builder cannot may use. */
export const RAW_SQL_BAN = {
  selector: [
    "TaggedTemplateExpression[tag.name='sql']",
    "TaggedTemplateExpression[tag.property.name='sql']",
    "MemberExpression[object.name='sql']",
    "CallExpression[callee.name='raw']",
    'ImportDeclaration[source.value=/^(kysely|@mikro-orm\\u002F)/] > ImportSpecifier[imported.name=/^(sql|raw)$/]',
  ].join(', '),
  message: `Raw SQL: ${OTHER_WAY}`,
};

/** A Kysely that may know no tenant; main wires the one that does. */
export const KYSELY_BAN = {
  selector:
    "NewExpression[callee.name='Kysely'], ImportDeclaration[source.value='kysely'][importKind!='type'] > ImportSpecifier[imported.name='Kysely'][importKind!='type']",
  message: `A Kysely of one's own: ${OTHER_WAY}`,
};
