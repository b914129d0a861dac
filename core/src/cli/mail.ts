// `troupe mail`: the letters that no mail server took. It reads the folder, so it is for whoever may read the folder.
import { join } from 'node:path';
import { readLetters } from '../mail/folder.ts';
import type { FoundInstallation } from './installation.ts';
import { jsonText, withoutControls } from './render.ts';
import { parseWords, UsageError } from './words.ts';

/** Lists the letters, or shows the one whose id begins with the word. */
export async function mail(words: readonly string[], { settings }: FoundInstallation): Promise<number> {
  const { values, positionals } = parseWords({
    args: [...words],
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  });
  const letters = await readLetters(join(settings.home, 'mail'));
  const [wanted] = positionals;
  if (wanted !== undefined) {
    const letter = letters.find(({ id }) => id.startsWith(wanted));
    if (!letter) throw new UsageError(`There is no letter "${wanted}".`);
    const { from, to, subject, date, text } = letter;
    process.stdout.write(
      values.json
        ? `${jsonText(letter)}\n`
        : withoutControls(`From: ${from}\nTo: ${to}\nSubject: ${subject}\nDate: ${date.toISOString()}\n\n${text}\n`),
    );
    return 0;
  }
  if (values.json) process.stdout.write(`${jsonText(letters.map(({ text: _, ...head }) => head))}\n`);
  else if (letters.length > 0) process.stdout.write(withoutControls(`${letters.map(line).join('\n')}\n`));
  else process.stdout.write(settings.smtp ? 'Letters go to the mail server.\n' : 'No letter was written yet.\n');
  return 0;
}

const line = ({ id, date, to, subject }: { id: string; date: Date; to: string; subject: string }) =>
  `${id.slice(0, 8)}  ${date.toISOString()}  ${to}  ${subject}`;
