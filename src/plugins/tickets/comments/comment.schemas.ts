import { z } from 'zod';
import { Limit, Text } from '#workspace/schemas.js';
import { MakerView } from '../maker.js';

/** What is said. */
export const WriteComment = z.strictObject({ body: Text.trim().min(1).max(10_000) }).meta({ id: 'WriteComment' });
export type WriteComment = z.infer<typeof WriteComment>;

export const ListComments = z.strictObject({ limit: Limit.default(50), cursor: z.string().optional() });
export type ListComments = z.infer<typeof ListComments>;

/** A comment as callers see it. */
export const CommentView = z
  .strictObject({
    id: z.uuid(),
    ticketId: z.uuid(),
    body: z.string(),
    createdBy: MakerView,
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Comment' });
export type CommentView = z.infer<typeof CommentView>;

/** Oldest first; `nextCursor` is null on the last page. */
export const CommentPage = z.strictObject({ data: z.array(CommentView), nextCursor: z.string().nullable() }).meta({ id: 'CommentPage' });
export type CommentPage = z.infer<typeof CommentPage>;
