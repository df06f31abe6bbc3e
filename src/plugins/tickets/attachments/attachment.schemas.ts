import { z } from 'zod';
import { Limit } from '#workspace/schemas.js';
import { MakerView } from '../maker.js';

/** What the file is called; whatever of it cannot be a file's name is left out. */
export const NameAttachment = z.strictObject({ name: z.string().max(1_000).default('') });
export type NameAttachment = z.infer<typeof NameAttachment>;

export const ListAttachments = z.strictObject({ limit: Limit.default(50), cursor: z.string().optional() });
export type ListAttachments = z.infer<typeof ListAttachments>;

/** An attachment as callers see it; `size` is in bytes. */
export const AttachmentView = z
  .strictObject({
    id: z.uuid(),
    ticketId: z.uuid(),
    name: z.string(),
    contentType: z.string(),
    size: z.int(),
    sha256: z.string(),
    createdBy: MakerView,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Attachment' });
export type AttachmentView = z.infer<typeof AttachmentView>;

/** Oldest first; `nextCursor` is null on the last page. */
export const AttachmentPage = z
  .strictObject({ data: z.array(AttachmentView), nextCursor: z.string().nullable() })
  .meta({ id: 'AttachmentPage' });
export type AttachmentPage = z.infer<typeof AttachmentPage>;
