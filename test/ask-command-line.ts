// One question, asked with `troupe run`: by the verb in this process, or by a process of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '@troupe-os/core/surface';
import { runningServer } from '../core/src/cli/door.ts';
import { runCommand } from '../core/src/cli/run.ts';
import type { Asker, Question } from './ask-surfaces.ts';
import type { Outcome } from './decisions.ts';
import { newFolder, troupe } from './servers.ts';

/** A data folder in which the server's file holds this caller's token instead of the operator's key. */
export function homeOf({ url, token }: Asker): string {
  const home = join(newFolder(), 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'server.json'), JSON.stringify({ url, token, pid: process.pid }));
  return home;
}

/** The door that the command line opens where a server runs. */
export async function openDoorOf(asker: Asker): Promise<Door> {
  const door = await runningServer(homeOf(asker));
  if (!door) throw new Error('The server is there.');
  return door;
}

/** All that a process does once it has its words, with the input as words, too. */
export async function askVerb(door: Door, { action, effect, input }: Question): Promise<Outcome> {
  let requestId: string | undefined;
  const watched: Door = {
    ...door,
    async fetch(path, init) {
      const response = await door.fetch(path, init);
      requestId = response.headers.get('x-request-id') ?? undefined;
      return response;
    },
  };
  const pairs = Object.entries(input as object).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const words = [action, ...pairs, '--json', ...(effect === 'write' ? ['--dry-run'] : [])];
  const { code, stdout } = await printed(() => runCommand.run(words, watched, []));
  return { ...outcomeOf(action, code, stdout), requestId };
}

/** A whole process. It tells no id of what went well. */
export async function askProcess(home: string, { action, effect, input }: Question): Promise<Outcome> {
  const words = ['run', action, '--input', JSON.stringify(input), '--json', ...(effect === 'write' ? ['--dry-run'] : [])];
  const { code, stdout } = await troupe(words, { home });
  return outcomeOf(action, code, stdout);
}

function outcomeOf(action: string, exitCode: number | string, stdout: string): Outcome {
  if (exitCode === 0) return { action, code: 'done' };
  const { code, requestId } = (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as { code?: string; requestId?: string };
  return { action, code: code ?? `exit ${exitCode}`, requestId };
}

/** What is written to the standard streams meanwhile. */
async function printed(work: () => Promise<number>): Promise<{ code: number; stdout: string }> {
  const written: string[] = [];
  const { stdout, stderr } = process;
  const [out, error] = [stdout.write, stderr.write];
  stdout.write = (bytes: unknown) => written.push(String(bytes)) > 0;
  stderr.write = () => true;
  try {
    return { code: await work(), stdout: written.join('') };
  } finally {
    stdout.write = out;
    stderr.write = error;
  }
}
