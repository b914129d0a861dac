// Letters as files that a person can read, where no mail server is set up. Only the owner of the folder reads them: they hold links.
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Letter, Mail } from './driver.ts';

const ENDING = '.txt';

export interface KeptLetter extends Letter {
  readonly from: string;
  readonly date: Date;
}

export function createFolderMail({ folder, from }: { folder: string; from: string }): Mail {
  return {
    async send(letter) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `${letter.id}${ENDING}`);
      const head = [`From: ${from}`, `To: ${letter.to}`, `Subject: ${letter.subject}`, `Date: ${new Date().toISOString()}`];
      await writeFile(`${path}.part`, `${head.map(oneLine).join('\n')}\n\n${letter.text}`, { mode: 0o600 });
      await rename(`${path}.part`, path); // whole, or not there
    },
    async close() {},
  };
}

/** The letters of a folder, the newest first. */
export async function readLetters(folder: string): Promise<KeptLetter[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []; // no letter was ever written
    throw error;
  });
  const letters = names.filter((name) => name.endsWith(ENDING)).map((name) => readLetter(folder, name));
  return (await Promise.all(letters)).sort((one, other) => other.date.getTime() - one.date.getTime());
}

async function readLetter(folder: string, name: string): Promise<KeptLetter> {
  const content = await readFile(join(folder, name), 'utf8');
  const end = content.indexOf('\n\n');
  const head = new Map(content.slice(0, end).split('\n').map(pair));
  const field = (key: string) => head.get(key) ?? '';
  return {
    id: name.slice(0, -ENDING.length),
    from: field('From'),
    to: field('To'),
    subject: field('Subject'),
    date: new Date(field('Date')),
    text: content.slice(end + 2),
  };
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ');
const pair = (line: string): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)];
