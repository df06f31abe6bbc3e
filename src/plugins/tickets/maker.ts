import { p } from '@mikro-orm/core';
import { z } from 'zod';
import { WorkOrigin } from '#kernel/work/work-origin.js';

type MakerKind = 'member' | 'machine';

/** Columns that say who made something; both are null when the platform itself did. */
export const makerProperties = {
  createdByKind: p.text().$type<MakerKind>().nullable(),
  createdById: p.uuid().nullable(),
};

/** Who made something, for callers. */
export const MakerView = z
  .strictObject({ kind: z.enum(['member', 'machine']), id: z.uuid() })
  .nullable()
  .meta({ id: 'Maker' });
export type MakerView = z.infer<typeof MakerView>;

interface Made {
  createdByKind?: MakerKind | null | undefined;
  createdById?: string | null | undefined;
}

/** Whoever the work under way is done for, as columns. */
export function presentMaker(): { createdByKind: MakerKind | null; createdById: string | null } {
  const { principal } = WorkOrigin.current();
  return { createdByKind: principal?.kind ?? null, createdById: principal?.id ?? null };
}

/** Whether the work under way is done for whoever made it. */
export function isMadeByPresent({ createdByKind, createdById }: Made): boolean {
  const { principal } = WorkOrigin.current();
  return principal !== null && principal.kind === createdByKind && principal.id === createdById;
}

export function makerView({ createdByKind, createdById }: Made): MakerView {
  return createdByKind && createdById ? { kind: createdByKind, id: createdById } : null;
}
