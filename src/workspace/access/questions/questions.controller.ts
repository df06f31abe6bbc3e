import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { Door } from '#kernel/plugin/door.js';
import { ACCESS_PERMISSIONS } from '../access.permissions.js';
import { CheckAccess, CheckedAccess, ExplainAccess, ExplainedAccess } from './question.schemas.js';
import { QuestionsService } from './questions.service.js';

@Controller('/api/authz')
export class QuestionsController {
  constructor(private readonly questions: QuestionsService) {}

  @Post('check')
  @HttpCode(200)
  @Door({
    summary: 'Ask what one may do',
    permission: ACCESS_PERMISSIONS.ask,
    answers: { 200: CheckedAccess },
    refuses: ['access.permission-unknown'],
  })
  check(@Body({ schema: CheckAccess }) input: CheckAccess): Promise<CheckedAccess> {
    return this.questions.check(input);
  }

  @Get('explain')
  @Door({
    summary: 'Ask why one may, or may not; about others it needs a right of its own',
    permission: ACCESS_PERMISSIONS.ask,
    answers: { 200: ExplainedAccess },
    refuses: ['access.permission-unknown'],
  })
  explain(@Query({ schema: ExplainAccess }) query: ExplainAccess): Promise<ExplainedAccess> {
    return this.questions.explain(query);
  }
}
