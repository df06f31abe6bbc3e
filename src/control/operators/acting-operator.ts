import { UnauthenticatedError } from '#kernel/resolution/access.errors.js';
import { type OperatorOrigin, WorkOrigin } from '#kernel/work/work-origin.js';
import { OperatorSessionNeededError } from './operator.errors.js';

/** An operator with the session they act in. */
export interface SignedInOperator {
  readonly id: string;
  readonly sessionId: string;
}

/** The operator who acts. Raises UnauthenticatedError when none does. */
export function actingOperator(): OperatorOrigin {
  const { operator } = WorkOrigin.current();
  if (!operator) throw new UnauthenticatedError();
  return operator;
}

/** The operator who acts in a session of their own. Raises OperatorSessionNeededError for the operators' token and the command line. */
export function signedInOperator(): SignedInOperator {
  const { id, sessionId } = actingOperator();
  if (id === undefined || !sessionId) throw new OperatorSessionNeededError();
  return { id, sessionId };
}

/** Runs work as done by this operator, who has only just shown who they are. */
export function actingAsOperator<T>(operator: OperatorOrigin, work: () => T): T {
  return WorkOrigin.run({ ...WorkOrigin.current(), operator }, work);
}
