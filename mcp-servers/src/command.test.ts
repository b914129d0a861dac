// Real programs only: a client starts `troupe mcp`, which starts a server in the background.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client as NewClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, expect, test } from 'vitest';
import type { ToolResult } from './testing/clients.ts';

const home = mkdtempSync(join(tmpdir(), 'troupe-mcp-'));
const main = fileURLToPath(new URL('./cli/main.ts', import.meta.resolve('@troupe-os/core')));
const program = {
  command: process.execPath,
  args: [main, 'mcp'],
  cwd: fileURLToPath(new URL('./testing/house', import.meta.url)),
  env: { PATH: process.env.PATH ?? '', TROUPE_HOME: home, PORT: '0' },
};

afterAll(async () => {
  const { pid } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGTERM');
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      clearInterval(watch); // it is gone
      resolve();
    }
  }, 50);
  await promise;
  await rm(home, { recursive: true, force: true });
}, 30_000);

test('a client of either era works over standard streams as over HTTP', { timeout: 90_000 }, async () => {
  const old = new OldClient({ name: 'test', version: '1' });
  await old.connect(new OldTransport(program));
  expect((await old.listTools()).tools).toHaveLength(25);
  const [first, second] = await Promise.all(
    ['b1', 'b2'].map((id) => old.callTool({ name: 'shelf_get_book', arguments: { id } })),
  );
  expect([first?.structuredContent, second?.structuredContent]).toEqual([
    { id: 'b1', pages: 7 },
    { id: 'b2', pages: 7 },
  ]);
  await expect(old.callTool({ name: 'nothing' })).rejects.toMatchObject({ code: -32_602 });
  await old.close();

  const young = new NewClient({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await young.connect(new NewTransport({ ...program, args: [...program.args, '--plugin', 'shelf'] }));
  expect((await young.listTools()).tools).toHaveLength(33);
  const ran = (await young.callTool({ name: 'shelf_dust_board_b10' })) as ToolResult;
  expect(ran.structuredContent).toEqual({ result: ['dusted'] });
  expect((await young.readResource({ uri: 'book://bücher' })).contents).toMatchObject([{ text: '{"id":"bücher","pages":7}' }]);
  await young.close();
});

test('what was asked is answered before the program ends with its input, and standard output holds nothing else', async () => {
  const child = start([]);
  child.stdin?.end('{"jsonrpc":"2.0","id":"p","method":"ping"}\nno message\n\n');
  const lines = await linesOf(child);
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  expect(code).toBe(0);
  const answers = lines.map((line) => JSON.parse(line) as { id: unknown; error: { message: string } });
  expect(answers.find(({ id }) => id === null)?.error.message).toContain('no JSON-RPC message');
  expect(answers.find(({ id }) => id === 'p')?.error.message).toContain('Begin with initialize');
  expect(lines).toHaveLength(2);
});

test('a wrong token is an error of each request, and an unknown flag is exit code 2', async () => {
  const child = start(['--token', 'wrong']);
  child.stdin?.end('{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n');
  expect((await linesOf(child)).map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { id: 1, error: { data: { code: 'core.bad_credentials' } } },
  ]);
  const wrong = start(['--loud']);
  expect(await once(wrong, 'exit')).toEqual([2, null]);
});

const start = (words: readonly string[]): ChildProcess =>
  spawn(program.command, [...program.args, ...words], { cwd: program.cwd, env: program.env, stdio: ['pipe', 'pipe', 'pipe'] });

async function linesOf(child: ChildProcess): Promise<string[]> {
  const lines: string[] = [];
  if (child.stdout) for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  return lines;
}
