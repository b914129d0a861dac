// OpenAPI 3.1 of the actions that one caller may see; its schemas are the wire's JSON Schemas (2020-12) as they are.
import { type ErrorKind, HTTP_STATUS } from '../errors.ts';
import type { RegisteredAction } from '../kernel/registry.ts';
import { isDownload, wireSchema } from '../wire.ts';

const ERROR_TEXT: Readonly<Record<ErrorKind, string>> = {
  unauthenticated: 'Not signed in, or wrong credentials',
  scope: 'The token or a rule does not allow it, or it waits for the yes of a person',
  missing: 'No such action or record, or no right to know of it',
  conflict: 'It conflicts with what is there',
  invalid: 'The input is not what the action expects',
  limited: 'Too often or too much',
  approval: 'It waits for the yes of a person; nothing has been done yet',
  internal: 'Our fault',
  unavailable: 'Not possible right now',
};

export function openApiDocument(actions: readonly RegisteredAction[], publicUrl: string): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Troupe OS',
      version: '0.1.0',
      description: 'Every action that you may use. Sums of money are strings of minor units beside their unit.',
    },
    servers: [{ url: publicUrl }],
    security: [{ bearer: [] }, {}],
    paths: Object.assign({}, ...actions.map(pathOf)),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Error: {
          type: 'object',
          required: ['code', 'message', 'requestId'],
          properties: {
            code: { type: 'string' },
            message: { type: 'string' },
            details: { type: 'object' },
            requestId: { type: 'string' },
          },
        },
      },
      responses: Object.fromEntries(
        Object.entries(ERROR_TEXT).map(([kind, description]) => [
          kind,
          { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
        ]),
      ),
    },
  };
}

function pathOf({ action, plugin, listedBy }: RegisteredAction): Record<string, unknown> {
  const responses = {
    200: isDownload(action.output)
      ? { description: 'The bytes', content: { 'application/octet-stream': {} } }
      : { description: 'Done', content: { 'application/json': { schema: wireSchema(action.output) } } },
    ...Object.fromEntries(
      Object.entries(HTTP_STATUS).map(([kind, status]) => [status, { $ref: `#/components/responses/${kind}` }]),
    ),
  };
  const shared = { summary: action.title, description: action.description, tags: [plugin.id] };
  const write = action.effect === 'write';
  const paths: Record<string, unknown> = {
    [`/api/${action.name.replace('.', '/')}`]: {
      post: {
        ...shared,
        operationId: action.name,
        'x-effect': action.effect,
        'x-risk': action.risk,
        ...(action.entries ? { 'x-entries': action.entries } : {}),
        ...(Object.keys(listedBy).length > 0 ? { 'x-listed-by': listedBy } : {}),
        ...(write ? { 'x-consequential': action.consequential } : {}),
        ...(write ? { parameters: writeParameters(action.consequential ?? false) } : {}),
        requestBody: { required: true, content: { 'application/json': { schema: wireSchema(action.input) } } },
        responses,
      },
    },
  };
  const friendly = action.http?.slice('GET '.length);
  if (friendly) {
    const parameters = [...friendly.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    paths[`/api${friendly}`] = { get: { ...shared, operationId: `${action.name}.get`, parameters, responses } };
  }
  return paths;
}

function writeParameters(consequential: boolean) {
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: consequential,
      schema: { type: 'string', maxLength: 200 },
      description: 'The same key and input is done once and answered again.',
    },
    {
      name: 'dryRun',
      in: 'query',
      schema: { type: 'boolean' },
      description: 'Says what would change and, as `needs`, whose yes it would take, and changes nothing.',
    },
  ];
}
