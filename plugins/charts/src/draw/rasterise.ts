// SVG as PNG. The font comes along: a bare machine has none, and would draw boxes.
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FONT } from './svg.ts';
import { unpackWoff } from './woff.ts';

const FILES = ['latin-400', 'latin-700', 'latin-ext-400', 'latin-ext-700'];
/** Three pixels for each of the picture's own: sharp on a phone. */
const DENSITY = 72 * 3;

/** A font that text was drawn in once is known to the process from then on, and read again and again. */
let fonts: Promise<void> | undefined;

/** Loads the font and the library with the first picture. */
export async function pngOf(svg: string): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  fonts ??= bringFonts().catch((error: unknown) => {
    fonts = undefined; // the next picture tries again
    throw error;
  });
  await fonts;
  return sharp(Buffer.from(svg), { density: DENSITY }).png({ palette: true }).toBuffer();
}

async function bringFonts(): Promise<void> {
  const { default: sharp } = await import('sharp');
  const folder = await mkdtemp(join(tmpdir(), 'troupe-font-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { resolve } = createRequire(import.meta.url);
  for (const name of FILES) {
    const fontfile = join(folder, `${name}.ttf`);
    await writeFile(
      fontfile,
      unpackWoff(await readFile(resolve(`@fontsource/instrument-sans/files/instrument-sans-${name}-normal.woff`))),
    );
    await sharp({ text: { text: 'a', font: FONT, fontfile } }).toBuffer();
  }
}
