import type { AlterTableCmd, AlterTableStmt, Constraint, RangeVar } from 'libpg-query';
import type { Kind, Told } from './told.js';
import { columnOf, constraintOf, namesOf } from './column-of.js';

type Subtype = NonNullable<AlterTableCmd['subtype']>;

/** What needs no more than its name. What is named neither here nor below is unknown. */
const KINDS: Partial<Record<Subtype, Kind>> = {
  AT_ColumnDefault: { kind: 'harmless' },
  AT_SetStatistics: { kind: 'harmless' },
  AT_SetStorage: { kind: 'harmless' },
  AT_EnableRowSecurity: { kind: 'row-security' },
  AT_ForceRowSecurity: { kind: 'harmless' },
  AT_DisableRowSecurity: { kind: 'fence' },
  AT_NoForceRowSecurity: { kind: 'fence' },
  AT_ChangeOwner: { kind: 'owner' },
  AT_SetAccessMethod: { kind: 'rewrite' },
  AT_SetTableSpace: { kind: 'rewrite' },
  AT_SetLogged: { kind: 'rewrite' },
  AT_SetUnLogged: { kind: 'rewrite' },
  AT_SetExpression: { kind: 'rewrite' },
  AT_AddIdentity: { kind: 'rewrite' },
  AT_AttachPartition: { kind: 'rewrite' },
};
const TRIGGERS = /^AT_(Enable|Disable)\w*(Trig|Rule)\w*$/;

/** What an ALTER TABLE does, one thing after the other. */
export function altered({ relation, cmds = [], objtype }: AlterTableStmt): Told[] {
  return cmds.flatMap((node) => ('AlterTableCmd' in node ? alteredBy(node.AlterTableCmd, relation, objtype === 'OBJECT_TABLE') : []));
}

function alteredBy(command: AlterTableCmd, relation: RangeVar | undefined, isTable: boolean): Told[] {
  const change = kindOf(command);
  const told = isTable || change.kind === 'rewrite' || change.kind === 'owner' ? change : ({ kind: 'unknown' } as const);
  return command.behavior === 'DROP_CASCADE' ? [{ relation, ...told }, { kind: 'cascade' }] : [{ relation, ...told }];
}

function kindOf({ subtype = 'AT_AddColumn', name = '', def }: AlterTableCmd): Kind {
  if (def && 'ColumnDef' in def && subtype === 'AT_AddColumn') return { kind: 'add-column', column: columnOf(def.ColumnDef) };
  if (def && 'ColumnDef' in def && subtype === 'AT_AlterColumnType') {
    const { typeName, collClause, raw_default } = def.ColumnDef;
    const isPlain = !collClause && !raw_default && !typeName?.typmods && !typeName?.arrayBounds;
    return { kind: 'alter-type', name, type: isPlain ? (namesOf(typeName?.names).at(-1) ?? '') : '' };
  }
  if (def && 'Constraint' in def && subtype === 'AT_AddConstraint') return added(def.Constraint);
  if (subtype === 'AT_SetNotNull') return { kind: 'set-not-null', name };
  if (subtype === 'AT_DropNotNull') return { kind: 'drop-not-null', name };
  if (subtype === 'AT_DropColumn') return { kind: 'drop-column', name };
  if (subtype === 'AT_ValidateConstraint') return { kind: 'validate', name };
  if (subtype === 'AT_DropConstraint') return { kind: 'drop-constraint', name };
  return TRIGGERS.test(subtype) ? { kind: 'trigger' } : (KINDS[subtype] ?? { kind: 'unknown' });
}

/** PostgreSQL 18 knows NOT NULL as a constraint too. */
function added(constraint: Constraint): Kind {
  const linted = constraintOf(constraint);
  return linted.type === 'not-null' && linted.isChecked
    ? { kind: 'set-not-null', name: linted.columns[0] ?? '' }
    : { kind: 'add-constraint', constraint: linted };
}
