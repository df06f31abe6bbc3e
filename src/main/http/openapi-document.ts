import { JsonSchemas } from '#main/http/json-schemas.js';
import { PROBLEM_STATUSES } from '#main/http/problem-statuses.js';
import type { DeclaredRoute } from '#main/http/route-list.js';

type Json = Record<string, unknown>;

/** The API as OpenAPI 3.1, from the same schemas that check its requests. */
export function openApiDocument(routes: readonly DeclaredRoute[]): Json {
  const schemas = new JsonSchemas();
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tenantry',
      version: '1',
      description: 'Tenants are served at their own hosts; machines of any tenant also at the api host.',
    },
    paths,
    components: {
      schemas: { ...schemas.components, Problem: PROBLEM },
      responses: {
        Problem: { description: 'Refused', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token or an API key.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
        operator: {
          type: 'http',
          scheme: 'bearer',
          description: "An operator's access token, or the operators' token, on the operators' host.",
        },
      },
    },
  };
}

const SECURITY: Record<DeclaredRoute['kind'], Json[]> = {
  tenant: [{ bearer: [] }, { apiKey: [] }],
  'tenant-public': [],
  platform: [],
  operators: [{ operator: [] }],
  'operators-public': [],
  'any-host': [],
};

const PROBLEM: Json = {
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: ['string', 'null'] },
    code: { type: 'string', enum: [...PROBLEM_STATUSES.keys()] },
    requestId: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } } },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
};

function operation({ name, kind, door, parameters }: DeclaredRoute, schemas: JsonSchemas): Json {
  const body = parameters.find((parameter) => parameter.in === 'body');
  return {
    operationId: name.replace(/Controller\./, '.'),
    ...(door && { summary: door.summary }),
    security: SECURITY[kind],
    parameters: parametersOf({ door, parameters }, schemas),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemas.input(body.schema) } } } }),
    responses: responsesOf(door, schemas),
  };
}

function parametersOf({ door, parameters }: Pick<DeclaredRoute, 'door' | 'parameters'>, schemas: JsonSchemas): Json[] {
  const path = parameters
    .filter((parameter) => parameter.in === 'path')
    .map(({ name, schema }) => ({ name, in: 'path', required: true, schema: schemas.input(schema) }));
  const query = parameters
    .filter((parameter) => parameter.in === 'query')
    .flatMap(({ schema }) => {
      const { properties = {}, required = [] } = schemas.input(schema) as { properties?: Record<string, Json>; required?: string[] };
      return Object.entries(properties).map(([name, own]) => ({ name, in: 'query', required: required.includes(name), schema: own }));
    });
  const version = {
    name: 'If-Match',
    in: 'header',
    required: true,
    schema: { type: 'string' },
    description: 'The ETag the change is based on, or *.',
  };
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: door?.isCreation === true,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    description: 'One for each thing to be made; the same request with the same key is answered again and makes nothing.',
  };
  return [...path, ...query, ...(door?.needsVersion ? [version] : []), ...(door?.isCreation || door?.isRepeatable ? [key] : [])];
}

function responsesOf(door: DeclaredRoute['door'], schemas: JsonSchemas): Json {
  const answers = Object.entries(door?.answers ?? { 200: null }).map(([status, schema]) => {
    const content = schema && { content: { 'application/json': { schema: schemas.output(schema) } } };
    return [status, { description: Number(status) < 300 ? 'Done' : 'Not now', ...content }];
  });
  const codes = [
    ...(door?.refuses ?? []),
    ...(door?.needsVersion ? ['precondition.required', 'precondition.failed'] : []),
    ...(door?.isCreation ? ['idempotency.key-needed'] : []),
    ...(door?.isCreation || door?.isRepeatable ? ['idempotency.key-reused', 'idempotency.in-progress'] : []),
  ];
  const refusals = codes.map((code) => [String(PROBLEM_STATUSES.get(code)?.status ?? 500), { $ref: '#/components/responses/Problem' }]);
  return Object.fromEntries([...answers, ...refusals, ['default', { $ref: '#/components/responses/Problem' }]]) as Json;
}
