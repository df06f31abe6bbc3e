import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Res } from '@nestjs/common';
import { type AnswerHeaders, tagged } from '#kernel/plugin/answer-headers.js';
import { Door } from '#kernel/plugin/door.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { COMPANY_PERMISSIONS } from './company.permissions.js';
import { ChangeCompany, CompanyView } from './company.schemas.js';
import { CompanyService } from './company.service.js';

const { read, change, cancel } = COMPANY_PERMISSIONS;

@Controller('/api/companies/me')
export class CompanyController {
  constructor(private readonly company: CompanyService) {}

  @Get()
  @Door({ summary: "Read one's company", permission: read, answers: { 200: CompanyView } })
  async read(@Res({ passthrough: true }) answer: AnswerHeaders): Promise<CompanyView> {
    return tagged(await this.company.read(), answer);
  }

  @Patch()
  @Door({ summary: "Change one's company", permission: change, answers: { 200: CompanyView }, needsVersion: true })
  async change(
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: ChangeCompany }) changes: ChangeCompany,
    @Res({ passthrough: true }) answer: AnswerHeaders,
  ): Promise<CompanyView> {
    return tagged(await this.company.change(IfMatch.from(ifMatch), changes), answer);
  }

  @Delete()
  @HttpCode(202)
  @Door({
    summary: "Cancel one's company: it is closed, and its data is kept until retention is over",
    permission: cancel,
    answers: { 202: null },
    refuses: ['access.step-up-required'],
    needsVersion: true,
  })
  cancel(@Headers('if-match') ifMatch: string | undefined): Promise<void> {
    return this.company.cancel(IfMatch.from(ifMatch));
  }
}
