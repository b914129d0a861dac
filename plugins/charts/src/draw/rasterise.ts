// SVG as PNG. The font comes along: a bare machine has none, and would draw boxes.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FONT } from './svg.ts';
import { unpackWoff } from './woff.ts';

const FILES = ['latin-400', 'latin-700', 'latin-ext-400', 'latin-ext-700'];
/** Three pixels for each of the picture's own: sharp on a phone. */
const DENSITY = 72 * 3;

export interface Rasteriser {
  png(svg: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** Loads the font and the library with the first picture; the font lies in a folder of its own until it is closed. */
export function createRasteriser(): Rasteriser {
  let folder: Promise<string> | undefined;
  return {
    async png(svg) {
      const { default: sharp } = await import('sharp');
      folder ??= bringFonts();
      await folder;
      return sharp(Buffer.from(svg), { density: DENSITY }).png({ palette: true }).toBuffer();
    },
    async close() {
      const made = await folder?.catch(() => undefined);
      folder = undefined;
      if (made !== undefined) await rm(made, { recursive: true, force: true });
    },
  };
}

/** A font that text was drawn in once is known to the process from then on. */
async function bringFonts(): Promise<string> {
  const { default: sharp } = await import('sharp');
  const folder = await mkdtemp(join(tmpdir(), 'troupe-font-'));
  const { resolve } = createRequire(import.meta.url);
  for (const name of FILES) {
    const fontfile = join(folder, `${name}.ttf`);
    await writeFile(
      fontfile,
      unpackWoff(await readFile(resolve(`@fontsource/instrument-sans/files/instrument-sans-${name}-normal.woff`))),
    );
    await sharp({ text: { text: 'a', font: FONT, fontfile } }).toBuffer();
  }
  return folder;
}
