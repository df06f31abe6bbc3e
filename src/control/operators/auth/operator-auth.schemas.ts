import { z } from 'zod';
import { OPERATOR_ROLES } from '#kernel/plugin/platform-permission.js';

/** Who acts on the operators' host; who came with the operators' token has neither an address nor a session. */
export const OperatorMeView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    roles: z.array(z.enum(OPERATOR_ROLES)),
    permissions: z.array(z.string()),
    sessionId: z.uuid().nullable(),
  })
  .meta({ id: 'OperatorMe' });
export type OperatorMeView = z.infer<typeof OperatorMeView>;
