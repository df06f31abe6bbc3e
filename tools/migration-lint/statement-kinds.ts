import type { Refused } from './change.js';

/** Statements that are refused whatever they say; the reason is that of the rule of this name. What is named nowhere is unknown. */
const REFUSED: Readonly<Record<Exclude<Refused, 'cascade' | 'unknown'>, string>> = {
  fence: 'AlterPolicyStmt',
  grant: 'GrantRoleStmt AlterDefaultPrivilegesStmt',
  owner: 'AlterOwnerStmt ReassignOwnedStmt DropOwnedStmt',
  definer: 'AlterFunctionStmt',
  trigger: 'RuleStmt',
  server: `CreateRoleStmt AlterRoleStmt AlterRoleSetStmt DropRoleStmt CreatedbStmt DropdbStmt AlterDatabaseStmt AlterDatabaseSetStmt
    AlterDatabaseRefreshCollStmt AlterSystemStmt CheckPointStmt LoadStmt CreateSchemaStmt CreateExtensionStmt AlterExtensionStmt
    AlterExtensionContentsStmt CreateTableSpaceStmt DropTableSpaceStmt AlterTableSpaceOptionsStmt CreateEventTrigStmt AlterEventTrigStmt
    CreatePublicationStmt AlterPublicationStmt CreateSubscriptionStmt AlterSubscriptionStmt DropSubscriptionStmt CreateFdwStmt
    CreateForeignServerStmt CreateForeignTableStmt CreateUserMappingStmt ImportForeignSchemaStmt CreatePLangStmt CreateAmStmt`,
  upkeep: 'VacuumStmt ClusterStmt ReindexStmt RefreshMatViewStmt AlterTableMoveAllStmt',
  session: `VariableSetStmt VariableShowStmt TransactionStmt LockStmt DiscardStmt ListenStmt UnlistenStmt NotifyStmt ConstraintsSetStmt`,
  block: `DoStmt CallStmt CreateTableAsStmt PrepareStmt ExecuteStmt DeallocateStmt DeclareCursorStmt FetchStmt ClosePortalStmt`,
  disguise: 'CopyStmt ExplainStmt MergeStmt',
};

const KINDS = new Map(
  Object.entries(REFUSED).flatMap(([kind, names]) => names.split(/\s+/).map((name) => [name, kind as Refused] as const)),
);

/** What a statement is refused for that no reader knows. */
export function refusalOf(statement: string): Refused {
  return KINDS.get(statement) ?? 'unknown';
}
