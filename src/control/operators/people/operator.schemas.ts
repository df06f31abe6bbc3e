import { z } from 'zod';
import { OPERATOR_STATUSES } from '#catalog/operators/operator-tables.js';
import { OPERATOR_ROLES } from '#kernel/plugin/platform-permission.js';
import { Limit, Text } from '#workspace/schemas.js';
import { Reason } from '../reason.js';

const Name = Text.trim().min(1).max(200);
const Roles = z
  .array(z.enum(OPERATOR_ROLES))
  .min(1)
  .max(OPERATOR_ROLES.length)
  .transform((roles) => [...new Set(roles)]);

export const OperatorEmail = Text.trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email({ error: 'is not an e-mail address' }));

/** Whom to make an operator, and why. */
export const CreateOperator = z
  .strictObject({ email: OperatorEmail, name: Name, roles: Roles, reason: Reason })
  .meta({ id: 'CreateOperator' });
export type CreateOperator = z.infer<typeof CreateOperator>;

/** What may be changed; what is not given stays. `active` gives back what `disabled` took. */
export const ChangeOperator = z
  .strictObject({
    name: Name.optional(),
    roles: Roles.optional(),
    status: z.enum(['active', 'disabled']).optional(),
    reason: Reason,
  })
  .meta({ id: 'ChangeOperator' });
export type ChangeOperator = z.infer<typeof ChangeOperator>;

/** An act that needs nothing but its reason. */
export const Because = z.strictObject({ reason: Reason }).meta({ id: 'Because' });
export type Because = z.infer<typeof Because>;

export const ListOperators = z.strictObject({ limit: Limit.default(50), cursor: z.string().optional() });
export type ListOperators = z.infer<typeof ListOperators>;

export const OperatorId = z.uuid();

export const OperatorView = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    roles: z.array(z.enum(OPERATOR_ROLES)),
    status: z.enum(OPERATOR_STATUSES),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Operator' });
export type OperatorView = z.infer<typeof OperatorView>;

export const OperatorPage = z.strictObject({ data: z.array(OperatorView), nextCursor: z.string().nullable() }).meta({ id: 'OperatorPage' });
export type OperatorPage = z.infer<typeof OperatorPage>;

/** The link is shown this once. */
export const SetupLinkView = z.strictObject({ setupUrl: z.url(), expiresAt: z.iso.datetime() }).meta({ id: 'SetupLink' });
export type SetupLinkView = z.infer<typeof SetupLinkView>;

/** A new operator, and the link to set their password with, shown this once. */
export const CreatedOperatorView = z.strictObject({ ...OperatorView.shape, ...SetupLinkView.shape }).meta({ id: 'CreatedOperator' });
export type CreatedOperatorView = z.infer<typeof CreatedOperatorView>;
