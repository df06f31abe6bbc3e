import { auditAction, type AuditAction } from '#kernel/plugin/audit-action.js';
import type { AuditEntry } from '#workspace/audit/audit-entry.js';
import { AuditSchemaViolationError } from '#workspace/audit/audit.errors.js';

/** An entry that was held against its declaration, and under which version of it. */
export interface DeclaredEntry {
  readonly entry: AuditEntry;
  readonly version: number;
}

/** What a violation is kept as; the original stands in its details. */
export const SCHEMA_VIOLATION = 'audit.schema-violation';

/** Everything that may be put on record. Raises TypeError when an action is declared twice. */
export class AuditRegister {
  readonly #byName: ReadonlyMap<string, AuditAction>;

  constructor(
    actions: readonly AuditAction[],
    /** Whether a violation is an error, or is kept as one. */
    private readonly strict: boolean,
  ) {
    this.#byName = new Map(actions.map((action) => [action.name, action]));
    const twice = actions.find((action) => this.#byName.get(action.name) !== action);
    if (twice) throw new TypeError(`${twice.name} is declared twice`);
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** Nothing is dropped: an undeclared action and undeclared details are kept as a violation. When strict, raises AuditSchemaViolationError. */
  declared(entry: AuditEntry): DeclaredEntry {
    const action = this.#byName.get(entry.action);
    const problems = action ? problemsOf(action, entry) : ['the action is not declared'];
    if (action && problems.length === 0) return { entry, version: action.version };
    if (this.strict) throw new AuditSchemaViolationError(entry.action, problems);
    const details = { action: entry.action, problems, details: entry.details ?? {} };
    return { entry: { ...entry, action: SCHEMA_VIOLATION, details }, version: VIOLATION.version };
  }
}

const VIOLATION = auditAction(SCHEMA_VIOLATION);

function problemsOf({ details: schema }: AuditAction, { details = {} }: AuditEntry): string[] {
  if (!schema) return Object.keys(details).map((key) => `${key}: is not declared`);
  const result = schema['~standard'].validate(details);
  if (result instanceof Promise) throw new TypeError('the schema of an audit action answers at once');
  return (result.issues ?? []).map(({ path = [], message }) => `${path.map(String).join('.')}: ${message}`);
}
