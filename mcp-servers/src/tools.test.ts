import { notesPlugin, serveTestKernel, startTestKernel } from '@troupe-os/core/testing';
import { describe, expect, test } from 'vitest';
import { mcp } from './index.ts';
import { CLIENTS, connect, type TestClient, type ToolResult, textOf } from './testing/clients.ts';
import { shelfPlugin } from './testing/shelf.ts';

const house = await startTestKernel([notesPlugin, shelfPlugin]);
const one = await serveTestKernel(house, [mcp()]);

house.as({ id: 'ed', roles: ['editor'] });
house.as({ id: 'ada', roles: ['admin'] });
house.as({ id: 'vic', roles: ['viewer'] });

const call = (client: TestClient, name: string, args: Record<string, unknown> = {}) =>
  client.callTool({ name, arguments: args }) as Promise<ToolResult>;
describe.each(CLIENTS)('a client: %s', (kind) => {
  test('lists at most 25 tools at /mcp, in the same order, and a plugin whole at its own address', async () => {
    const client = await connect(kind, `${one.url}/mcp`, 'token-of-ada');
    const { tools } = await client.listTools();
    expect(tools).toHaveLength(25);
    expect(tools.slice(0, 2).map(({ name }) => name)).toEqual(['find_actions', 'run_action']);
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['notes_add_note', 'notes_retitle', 'shelf_get_book']));
    expect((await client.listTools()).tools).toEqual(tools);
    const whole = await connect(kind, `${one.url}/mcp/shelf`, 'token-of-ada');
    expect((await whole.listTools()).tools).toHaveLength(33);
  });

  test('is told of each tool what it does, takes and answers', async () => {
    const client = await connect(kind, `${one.url}/mcp/notes`, 'token-of-ed');
    const { tools } = await client.listTools();
    expect(tools.find(({ name }) => name === 'notes_add_note')).toMatchObject({
      title: 'Add a note',
      description: 'Writes a note down.',
      inputSchema: {
        type: 'object',
        required: ['title'],
        properties: { title: { type: 'string' }, dryRun: { type: 'boolean' }, again: {} },
      },
      outputSchema: { type: 'object', properties: { noteId: { type: 'string' } } },
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    });
    const read = tools.find(({ name }) => name === 'notes_get_note') as {
      inputSchema?: { properties: object };
      annotations?: object;
    };
    expect(read.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false, idempotentHint: true });
    expect(Object.keys(read.inputSchema?.properties ?? {})).toEqual(['noteId']);
    expect(tools.find(({ name }) => name === 'notes_retitle')).toMatchObject({ annotations: { destructiveHint: true } });
  });

  test('writes once within ten minutes, is told of the replay, and does it once more when it says so', async () => {
    const client = await connect(kind, `${one.url}/mcp`, 'token-of-ed');
    const title = crypto.randomUUID();
    await client.listTools(); // from here on the client checks answers against the schemas
    const first = await call(client, 'notes_add_note', { title });
    const second = await call(client, 'notes_add_note', { title });
    expect(textOf(first)).toContain('Add a note: done.');
    expect(first._meta?.replayed).toBeUndefined();
    expect(second.structuredContent).toEqual({ ...first.structuredContent, replayed: true });
    expect(second._meta).toMatchObject({ replayed: true, callId: first._meta?.callId });
    expect(textOf(second)).toMatch(/^replayed: true.*pass again: true to do it once more/);

    const third = await call(client, 'notes_add_note', { title, again: true });
    expect(third.structuredContent?.noteId).not.toBe(first.structuredContent?.noteId);
    house.advance(11 * 60_000);
    const fourth = await call(client, 'notes_add_note', { title });
    expect(fourth._meta?.replayed).toBeUndefined();
    expect(fourth.structuredContent?.noteId).not.toBe(first.structuredContent?.noteId);
  });

  test('sees what a dry run would change, as far as it may read it, and nothing is changed', async () => {
    const client = await connect(kind, `${one.url}/mcp`, 'token-of-ed');
    await client.listTools();
    const title = crypto.randomUUID();
    const tried = await call(client, 'notes_add_note', { title, dryRun: true });
    expect(tried.structuredContent).toMatchObject({
      dryRun: true,
      changes: [{ table: 'notes.notes', operation: 'insert', after: { title } }],
    });
    expect(textOf(tried)).toContain('nothing has changed');
    expect(JSON.stringify(tried)).not.toContain('CANARY');
    const noteId = tried.structuredContent?.noteId;
    expect((await call(client, 'notes_get_note', { noteId })).isError).toBe(true);
    expect((await call(client, 'notes_add_note', { title }))._meta?.replayed).toBeUndefined();
  });

  test('reads errors with code, message and details, as text and as data', async () => {
    const client = await connect(kind, `${one.url}/mcp`, 'token-of-ed');
    await client.listTools();
    const missing = await call(client, 'notes_get_note', { noteId: crypto.randomUUID() });
    expect(missing.isError).toBe(true);
    expect(textOf(missing)).toMatch(/There is no such note\. \(notes\.missing\)/);
    expect(missing._meta?.error).toMatchObject({ code: 'notes.missing', message: 'There is no such note.', details: {} });
    const wrong = await call(client, 'notes_add_note', { title: 5, extra: true, dryRun: 'yes' });
    expect(wrong._meta?.error).toMatchObject({ code: 'core.invalid_input', details: { issues: [{ path: 'dryRun' }] } });
    const stranger = await call(client, 'notes_add_note', { title: 5 });
    expect(textOf(stranger)).toMatch(/\(core\.invalid_input\)\n- title: /);
    const planted = await call(client, 'notes_add_note', { title: 'x', misbehave: 'throw' });
    expect(textOf(planted)).toContain('core.internal');
    expect(JSON.stringify(planted)).not.toContain('planted');
  });

  test('cannot tell a tool that is closed to it from one that is not there', async () => {
    const client = await connect(kind, `${one.url}/mcp`, 'token-of-vic');
    const faultOf = (name: string) =>
      call(client, name, { title: 5 }).then(
        () => 'no error',
        (error: { code: number; message: string; data?: unknown }) => ({
          code: error.code,
          message: error.message,
          data: error.data,
        }),
      );
    const closed = await faultOf('notes_add_note');
    expect(closed).toMatchObject({ code: -32_602, data: { code: 'core.unknown_action' } });
    expect(await faultOf('notes_no_such_thing')).toEqual(closed);
    const [inner, absent] = [
      await call(client, 'run_action', { action: 'notes.add-note' }),
      await call(client, 'run_action', { action: 'notes.nothing' }),
    ];
    expect(inner._meta?.error).toMatchObject({ code: 'core.unknown_action' });
    expect(textOf(inner).replace(/Request.*/, '')).toBe(textOf(absent).replace(/Request.*/, ''));
    expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('notes_add_note');
  });

  test('finds any action that it may use and runs it behind the same gate', async () => {
    const client = await connect(kind, `${one.url}/mcp`, 'token-of-ada');
    const found = await call(client, 'find_actions', { query: 'dust board 39' });
    expect(found.structuredContent?.actions).toMatchObject([
      { action: 'shelf.dust-board-b39', effect: 'write', inputSchema: { type: 'object' } },
      ...Array(9).fill({}),
    ]);
    const ran = await call(client, 'run_action', { action: 'shelf.dust-board-b39' });
    expect(ran.structuredContent).toMatchObject({ result: ['dusted'] });
    const title = crypto.randomUUID();
    const first = await call(client, 'run_action', { action: 'notes.add-note', input: { title } });
    expect((await call(client, 'notes_add_note', { title })).structuredContent).toEqual({
      ...first.structuredContent,
      replayed: true,
    });
    const tried = await call(client, 'run_action', { action: 'notes.add-note', input: { title: 'y' }, dryRun: true });
    expect(tried.structuredContent).toMatchObject({ dryRun: true });
    const viewer = await connect(kind, `${one.url}/mcp`, 'token-of-vic');
    expect((await call(viewer, 'find_actions', { query: 'dust' })).structuredContent).toEqual({ actions: [], total: 0 });
  });

  test('reads resources and prompts of the plugins', async () => {
    const client = await connect(kind, `${one.url}/mcp`, 'token-of-vic');
    expect((await client.listResourceTemplates()).resourceTemplates).toMatchObject([
      { uriTemplate: 'book://{id}', name: 'book' },
    ]);
    expect((await client.readResource({ uri: 'book://b7' })).contents).toEqual([
      { uri: 'book://b7', mimeType: 'application/json', text: '{"id":"b7","pages":7}' },
    ]);
    await expect(client.readResource({ uri: `book://${'b'.repeat(30)}` })).rejects.toMatchObject({ code: -32_602 });
    await expect(client.readResource({ uri: 'film://1' })).rejects.toMatchObject({ code: -32_602 });
    expect((await client.listPrompts()).prompts).toMatchObject([{ name: 'shelf_recommend_book' }]);
    const { messages } = await client.getPrompt({ name: 'shelf_recommend_book', arguments: { mood: 'quiet' } });
    expect(messages).toMatchObject([{ content: { text: 'Recommend a book for a quiet evening.' } }]);
    await expect(client.getPrompt({ name: 'shelf_recommend_book' })).rejects.toMatchObject({ code: -32_602 });
  });

  test('takes files by the id of an upload only, and is shown where bytes are', async () => {
    const client = await connect(kind, `${one.url}/mcp/shelf`, one.localKey);
    const { tools } = await client.listTools();
    expect(JSON.stringify(tools.find(({ name }) => name === 'shelf_bind_book')?.inputSchema)).toContain(
      `${one.url}/api/shelf/bind-book/files`,
    );
    const path = await call(client, 'shelf_bind_book', { pages: import.meta.filename });
    expect(path._meta?.error).toMatchObject({ code: 'core.path_not_allowed' });
    const nested = await call(client, 'shelf_bind_book', { pages: 'upload:1', spare: [import.meta.filename] });
    expect(nested._meta?.error).toMatchObject({ code: 'core.path_not_allowed' });
    const upload = await fetch(`${one.url}/api/shelf/bind-book/files?name=a.pdf`, {
      method: 'POST',
      body: 'pages',
      headers: { authorization: `Bearer ${one.localKey}` },
    });
    const { file } = (await upload.json()) as { file: string };
    expect((await call(client, 'shelf_bind_book', { pages: file })).structuredContent).toEqual({ name: 'a.pdf' });

    const link = await call(client, 'shelf_fetch_book', { id: 'b 7' });
    expect(link.structuredContent).toMatchObject({ url: `${one.url}/api/books/b%207/file`, method: 'GET', size: 3 });
    expect(link.content).toContainEqual(
      expect.objectContaining({ type: 'resource_link', uri: `${one.url}/api/books/b%207/file` }),
    );
    expect(JSON.stringify(link)).not.toContain('CANARY');
    const back = await call(client, 'shelf_fetch_book', { id: 'b', side: 'back' });
    expect(back.structuredContent?.url).toBe(`${one.url}/api/books/b/file?side=back`);
  });

  test('is answered a secret once', async () => {
    const client = await connect(kind, `${one.url}/mcp`, 'token-of-ed');
    house.advance(11 * 60_000);
    expect((await call(client, 'notes_make_key')).structuredContent).toEqual({ key: 'KEY-CANARY' });
    const second = await call(client, 'notes_make_key');
    expect(second._meta?.error).toMatchObject({ code: 'core.shown_once' });
    expect(textOf(second)).toContain('Pass again: true');
  });
});
