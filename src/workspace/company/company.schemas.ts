import { z } from 'zod';
import { Text } from '#workspace/schemas.js';

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // an unknown name raises RangeError, and that is the question
  }
};

/** What of the card may be changed; what is not given stays. */
export const ChangeCompany = z
  .strictObject({
    name: Text.trim().min(1).max(200),
    locale: z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, { error: 'is not a locale like en or de-CH' }),
    timeZone: z.string().max(64).refine(isTimeZone, { error: 'is not a time zone' }),
  })
  .partial()
  .meta({ id: 'ChangeCompany' });
export type ChangeCompany = z.infer<typeof ChangeCompany>;

/** A company as its people see it. */
export const CompanyView = z
  .strictObject({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    locale: z.string(),
    timeZone: z.string(),
    plan: z.string(),
    region: z.string(),
    status: z.string(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Company' });
export type CompanyView = z.infer<typeof CompanyView>;
