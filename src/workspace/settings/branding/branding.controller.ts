import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Door } from '#kernel/plugin/door.js';
import { TenantPublic } from '#kernel/plugin/route-kind.js';
import { companyName } from '#workspace/company/company-name.js';
import { TenantSettings } from '../tenant-settings.js';
import { BRANDING } from './branding.settings.js';

const BrandingView = z
  .strictObject({ name: z.string(), logoUrl: z.string().nullable(), primaryColour: z.string(), accentColour: z.string() })
  .meta({ id: 'Branding' });
type BrandingView = z.infer<typeof BrandingView>;

@Controller('/api/branding')
export class BrandingController {
  constructor(
    private readonly settings: TenantSettings,
    private readonly contexts: TenantContextFactory,
  ) {}

  @Get()
  @TenantPublic('a sign-in page looks like its tenant')
  @Door({ summary: 'How the tenant looks', answers: { 200: BrandingView } })
  async read(): Promise<BrandingView> {
    const [name, logoUrl, primaryColour, accentColour] = await Promise.all([
      companyName(this.contexts),
      this.settings.resolve(BRANDING.logo),
      this.settings.resolve(BRANDING.primary),
      this.settings.resolve(BRANDING.accent),
    ]);
    return { name, logoUrl, primaryColour, accentColour };
  }
}
