import { Controller, Get, Header } from '@nestjs/common';
import { Door } from '#kernel/plugin/door.js';
import { AnyHost } from '#kernel/plugin/route-kind.js';
import { DOCS_POLICY, docsPage } from '#main/http/docs-page.js';
import { openApiDocument } from '#main/http/openapi-document.js';
import { RouteList } from '#main/http/route-list.js';

@Controller('/api')
export class OpenApiController {
  #document: Record<string, unknown> | undefined;

  constructor(private readonly routes: RouteList) {}

  @Get('openapi.json')
  @AnyHost('the description of the API is the same for everybody')
  @Door({ summary: 'This description', answers: { 200: null } })
  document(): Record<string, unknown> {
    return (this.#document ??= openApiDocument(this.routes.read()));
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', DOCS_POLICY)
  @AnyHost('the description of the API is the same for everybody')
  @Door({ summary: 'This description, for people', answers: { 200: null } })
  page(): string {
    return docsPage(this.document());
  }
}
