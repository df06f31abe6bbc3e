import { z } from 'zod';

export const ExportId = z.uuid();

/** An export; `url` is where its bytes are, once it is ready. */
export const ExportView = z
  .strictObject({
    id: z.uuid(),
    state: z.enum(['pending', 'ready', 'failed']),
    size: z.int().nullable(),
    url: z.string().nullable(),
  })
  .meta({ id: 'Export' });
export type ExportView = z.infer<typeof ExportView>;
