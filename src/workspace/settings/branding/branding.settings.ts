import { z } from 'zod';
import { settingKey } from '#kernel/plugin/setting-key.js';

const Colour = z.string().regex(/^#[0-9a-f]{6}$/i, { error: 'is not a colour like #1a2b3c' });
const Logo = z.url({ protocol: /^https$/, hostname: z.regexes.domain, error: 'is not an https address' }).max(500);

/** How a tenant looks to its people. */
export const BRANDING = {
  logo: settingKey<string | null>({
    name: 'branding.logo-url',
    schema: Logo.nullable(),
    default: null,
    owner: 'branding',
    description: 'Where the logo is, by https; without one the name is shown.',
  }),
  primary: settingKey<string>({
    name: 'branding.primary-colour',
    schema: Colour,
    default: '#1f4e79',
    owner: 'branding',
    description: 'The colour of what is to be seen first.',
  }),
  accent: settingKey<string>({
    name: 'branding.accent-colour',
    schema: Colour,
    default: '#c8553d',
    owner: 'branding',
    description: 'The colour of what is to be pressed.',
  }),
} as const;
