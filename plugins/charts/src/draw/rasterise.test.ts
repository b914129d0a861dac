import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Pictures of two titles of the same length: where no letters are drawn, but boxes, they are the same. */
const SCRIPT = `
  const { pngOf } = await import(${JSON.stringify(new URL('./rasterise.ts', import.meta.url).href)});
  const { words } = await import(${JSON.stringify(new URL('./svg.ts', import.meta.url).href)});
  const picture = async (text, isBold) => (await pngOf(
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" font-family="Instrument Sans">' + words(text, { x: 10, y: 20, isBold }) + '</svg>',
  )).toString('base64');
  const seen = [await picture('aeiou'), await picture('nrstl'), await picture('äßłőé'), await picture('12.50'), await picture('aeiou', true)];
  console.log(new Set(seen).size);
`;

test('letters are drawn on a machine that has no font at all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-no-fonts-'));
  const config = join(folder, 'fonts.conf');
  await writeFile(config, `<?xml version="1.0"?><fontconfig><cachedir>${folder}/cache</cachedir></fontconfig>`);
  const env = { ...process.env, FONTCONFIG_FILE: config };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT], { env });
  expect(stdout.trim()).toBe('5');
});
