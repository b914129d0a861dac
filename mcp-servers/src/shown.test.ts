import { serveTestKernel, startTestKernel } from '@troupe-os/core/testing';
import { describe, expect, test } from 'vitest';
import { mcp } from './index.ts';
import { CLIENTS, connect, type TestClient, type ToolResult } from './testing/clients.ts';
import { galleryPlugin, hangUp, hung } from './testing/gallery.ts';

const house = await startTestKernel([galleryPlugin]);
await hangUp(house.kernel);
const { url } = await serveTestKernel(house, [mcp()]);
house.as({ id: 'vic', roles: ['viewer'] });
house.as({ id: 'ada', roles: ['admin'] });

const base64 = (name: keyof typeof hung) => hung[name].bytes?.toString('base64');
const show = async (client: TestClient, name: string) =>
  (await client.callTool({ name: 'gallery_show', arguments: { name } })) as ToolResult;

describe.each(CLIENTS)('a client: %s', (kind) => {
  const client = () => connect(kind, `${url}/mcp`, 'token-of-vic');

  test('is handed small pictures, sounds and texts with their link', async () => {
    const vic = await client();
    await vic.listTools(); // from here on the client checks answers against the schemas
    const link = (name: string) => `${url}/api/gallery/${name}`;
    const picture = await show(vic, 'picture');
    expect(picture.structuredContent).toMatchObject({ url: link('picture'), size: 9 });
    expect(picture.content.slice(1)).toMatchObject([
      { type: 'resource_link', uri: link('picture') },
      { type: 'image', data: base64('picture'), mimeType: 'image/png' },
    ]);
    expect((await show(vic, 'sound')).content.at(-1)).toMatchObject({
      type: 'audio',
      data: base64('sound'),
      mimeType: 'audio/mpeg',
    });
    expect((await show(vic, 'words')).content.at(-1)).toMatchObject({
      type: 'resource',
      resource: { uri: link('words'), mimeType: 'text/plain', text: 'Größe' },
    });
  });

  test('is handed the link alone of what is large, what no model reads and what the store does not give out', async () => {
    const vic = await client();
    for (const name of ['poster', 'drawing', 'stolen'])
      expect((await show(vic, name)).content.map(({ type }) => type)).toEqual(['text', 'resource_link']);
  });

  test('reads bytes as resources, up to four megabytes', async () => {
    const vic = await client();
    const contents = async (name: string) => (await vic.readResource({ uri: `exhibit://${name}` })).contents;
    expect(await contents('poster')).toEqual([{ uri: 'exhibit://poster', mimeType: 'image/png', blob: base64('poster') }]);
    expect(await contents('drawing')).toEqual([{ uri: 'exhibit://drawing', mimeType: 'image/svg+xml', blob: base64('drawing') }]);
    expect(await contents('words')).toEqual([{ uri: 'exhibit://words', mimeType: 'text/plain', text: 'Größe' }]);
    await expect(contents('fresco')).rejects.toMatchObject({ code: -32_602, message: expect.stringContaining('too large') });
    for (const name of ['stolen', 'nothing']) await expect(contents(name)).rejects.toMatchObject({ code: -32_602 });
  });

  test('is listed resources without variables by their address, the others by their template, and none that are closed to it', async () => {
    const vic = await client();
    expect((await vic.listResources()).resources).toMatchObject([{ uri: 'gallery://guide', mimeType: 'application/json' }]);
    expect((await vic.listResourceTemplates()).resourceTemplates).toEqual([
      { name: 'exhibit', title: 'exhibit', uriTemplate: 'exhibit://{name}', description: 'Answers the bytes of it.' },
    ]);
    expect((await vic.readResource({ uri: 'gallery://guide' })).contents).toMatchObject([{ mimeType: 'application/json' }]);
    await expect(vic.readResource({ uri: 'gallery://safe' })).rejects.toMatchObject({ code: -32_602 });
    const ada = await connect(kind, `${url}/mcp`, 'token-of-ada');
    expect((await ada.listResources()).resources).toHaveLength(2);
  });

  test('is handed with a prompt the resources that it names, as far as they are there and for the caller to read', async () => {
    const vic = await client();
    const { messages } = await vic.getPrompt({ name: 'gallery_praise', arguments: { name: 'picture' } });
    expect(messages).toMatchObject([
      { role: 'user', content: { type: 'image', data: base64('picture'), mimeType: 'image/png' } },
      { role: 'user', content: { type: 'resource', resource: { uri: 'gallery://guide' } } },
      { role: 'user', content: { type: 'text', text: 'Praise the picture.' } },
    ]);
    const ofNothing = await vic.getPrompt({ name: 'gallery_praise', arguments: { name: 'nothing' } });
    expect(ofNothing.messages).toHaveLength(2);
  });

  test('is told what a variable of a resource takes, as far as it is typed, and nothing of what is closed to it', async () => {
    const vic = await client();
    const complete = async (who: TestClient, uri: string, name: string, value: string) =>
      (await who.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion;
    expect(await complete(vic, 'exhibit://{name}', 'name', 'P')).toEqual({
      values: ['picture', 'poster'],
      total: 2,
      hasMore: false,
    });
    expect((await complete(vic, 'exhibit://{name}', 'toString', '')).values).toEqual([]);
    await expect(complete(vic, 'gallery://safe/{drawer}', 'drawer', '')).rejects.toMatchObject({ code: -32_602 });
    const ada = await connect(kind, `${url}/mcp`, 'token-of-ada');
    expect((await complete(ada, 'gallery://safe/{drawer}', 'drawer', '')).values).toEqual(['top', 'bottom']);
    const prompt = (name: string) => vic.complete({ ref: { type: 'ref/prompt', name }, argument: { name: 'name', value: '' } });
    expect((await prompt('gallery_praise')).completion.values).toEqual([]);
    await expect(prompt('gallery_blame')).rejects.toMatchObject({ code: -32_602 });
  });

  test('is told how far a slow call is, each step once, when it asks for that', async () => {
    const vic = await client();
    const steps: unknown[] = [];
    const call = { name: 'gallery_hang', arguments: { count: 3, again: true } };
    await vic.follow(call, (step) => steps.push(step));
    expect(steps).toEqual([0, 1, 2, 3].map((progress) => ({ progress, total: 3 })));
    await vic.follow({ ...call, arguments: { count: 1_000, again: true } }, (step) => steps.push(step));
    expect(steps).toHaveLength(4 + 101); // of less than a hundredth nothing is said
    expect(((await vic.callTool(call)) as ToolResult).structuredContent).toEqual({ count: 3 });
  });
});
