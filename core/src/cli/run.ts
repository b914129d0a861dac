// `troupe run ACTION key=value …`: any action, from any terminal.
import { existsSync, writeFileSync } from 'node:fs';
import { basename, parse } from 'node:path';
import type { Command, Door } from '../define/command.ts';
import { type Entries, type ListedBy, type Lists, type Page, withIds } from '../names.ts';
import { similar } from '../nearest.ts';
import { jsonText, render, withoutControls } from './render.ts';
import { detailsText, exampleOf, type InputSchema, inputOf, kindOf, parseWords, UsageError } from './words.ts';

interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly 'x-effect': 'read' | 'write';
  readonly 'x-entries'?: Entries;
  readonly 'x-listed-by'?: ListedBy;
  readonly requestBody: { content: { 'application/json': { schema: InputSchema } } };
}

export const runCommand: Command = {
  name: 'run',
  summary: 'run an action',
  usage: 'run ACTION key=value … [--json] [--dry-run] [--key KEY] [--input JSON] [--help]',
  async run(words, door) {
    const { values, positionals } = parseWords({
      args: [...words],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        key: { type: 'string' },
        input: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const [action, ...pairs] = positionals;
    const operations = await operationsOf(door);
    if (!action) {
      print([...operations].map(([name, { summary }]) => ({ action: name, what: summary })));
      return values.help ? 0 : 2;
    }
    const operation = operations.get(action);
    if (values.help && operation) {
      process.stdout.write(`${withoutControls(helpText(action, operation))}\n`);
      return 0;
    }
    const schema = operation?.requestBody.content['application/json'].schema ?? {};
    const meant = operation ? [] : similar(action, [...operations.keys()]);
    if (meant.length > 0) process.stderr.write(`Did you mean: ${meant.join(', ')}?\n`);
    const given = values.input === undefined ? {} : parseInput(values.input);
    const typed = { ...given, ...(operation ? inputOf(pairs, schema) : {}) };
    const input = await withIds(typed, schema, operation?.['x-listed-by'] ?? {}, listsBehind(door, operations));
    const response = await door.fetch(`/api/${action.replace('.', '/')}${values['dry-run'] ? '?dryRun=true' : ''}`, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: { 'content-type': 'application/json', 'idempotency-key': values.key ?? crypto.randomUUID() },
    });
    return show(response, values.json ?? false);
  },
};

/** Prints an answer. Answers the exit code. */
export async function show(response: Response, asJson: boolean): Promise<number> {
  if (!response.headers.get('content-type')?.includes('json')) {
    await writeBytes(response);
    return response.ok ? 0 : 1;
  }
  const body = (await response.json()) as { code?: string; message?: string; details?: unknown };
  if (asJson) process.stdout.write(`${jsonText(body)}\n`);
  else if (response.ok) print(body);
  else process.stderr.write(`${withoutControls(`${body.message} (${body.code})${detailsText(body.details)}`)}\n`);
  if (response.ok) return 0;
  return body.code === 'core.invalid_input' ? 2 : 1;
}

/** Bytes go where they are led (`> file`); on a terminal they would be noise, so they become a file here. */
async function writeBytes(response: Response): Promise<void> {
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!process.stdout.isTTY) {
    process.stdout.write(bytes);
    return;
  }
  const path = fileNameOf(response.headers.get('content-disposition'));
  writeFileSync(path, bytes, { flag: 'wx' });
  process.stdout.write(`${withoutControls(path)}  ${bytes.length} bytes\n`);
}

/** A name that nothing here has yet. */
function fileNameOf(disposition: string | null): string {
  const said = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1];
  const plain = /filename="([^"]+)"/i.exec(disposition ?? '')?.[1];
  const { name, ext } = parse(basename(said ? decodeURIComponent(said) : (plain ?? 'answer')));
  for (let at = 1; ; at += 1) {
    const path = `${name.replace(/^\.+/, '') || 'answer'}${at === 1 ? '' : `-${at}`}${ext}`;
    if (!existsSync(path)) return path;
  }
}

const print = (value: unknown) => process.stdout.write(`${render(value)}\n`);

/** The lists that the local operator may read, for names in the place of ids. */
export function listsBehind(door: Door, operations: ReadonlyMap<string, Operation>): Lists {
  return {
    entriesOf: (action) => operations.get(action)?.['x-entries'],
    async read(action, input) {
      const response = await door.fetch(`/api/${action.replace('.', '/')}`, {
        method: 'POST',
        body: JSON.stringify(input),
        headers: { 'content-type': 'application/json' },
      });
      return response.ok ? ((await response.json()) as Page) : undefined;
    },
  };
}

/** The actions that the local operator may see, by name. */
export async function operationsOf(door: Door): Promise<Map<string, Operation>> {
  const response = await door.fetch('/openapi.json');
  const { paths } = (await response.json()) as { paths: Record<string, { post?: Operation & { operationId: string } }> };
  return new Map(Object.values(paths).flatMap(({ post }) => (post ? [[post.operationId, post] as const] : [])));
}

function parseInput(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw new UsageError('--input is not JSON.', { cause });
  }
  throw new UsageError('--input is not a JSON object.');
}

function helpText(action: string, { summary, description, 'x-effect': effect, requestBody }: Operation): string {
  const { properties = {}, required = [] } = requestBody.content['application/json'].schema;
  const fields = Object.entries(properties).map(
    ([name, field]) =>
      `  ${name}=${required.includes(name) ? '' : ' (optional)'}  ${kindOf(field)}${field.description ? `  ${field.description}` : ''}`,
  );
  const examples = Object.entries(properties).flatMap(([name, field]) => exampleOf(name, field) ?? []);
  return [
    `${action}: ${summary} (${effect})`,
    description,
    ...(fields.length > 0 ? ['', ...fields] : []),
    ...(examples.length > 0 ? ['', 'Parts are typed as JSON:', ...examples.map((one) => `  ${one}`)] : []),
  ].join('\n');
}
