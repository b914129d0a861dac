import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { defineSeed, type Tools } from '@troupe-os/core';
import { type Inspected, inspectFile } from './inspect.ts';
import { type RehearsalItem, rehearsalCatalogue } from './rehearsal/catalogue.ts';
import { renderRehearsalItem } from './rehearsal/render.ts';
import { publishAsset } from './status.ts';
import { addAsset } from './works.ts';

interface Rendered {
  readonly item: RehearsalItem;
  readonly inspected: Inspected;
}

/** All at once they would hold a gigabyte. */
const AT_ONCE = 3;

/** Works made by code, brought in and published as any file would be. */
export const rehearsal = defineSeed({
  name: 'rehearsal',
  when: 'rehearsal',
  async prepare(tools): Promise<Rendered[]> {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-rehearsal-'));
    try {
      const rendered: Rendered[] = [];
      const waiting = [...rehearsalCatalogue().entries()];
      const renderNext = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift())
          rendered[next[0]] = await renderAndInspect(tools, folder, next[1]);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, renderNext));
      return rendered;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  async run(ctx, rendered) {
    for (const { item, inspected } of rendered) {
      const { assetId, isNew } = await addAsset(ctx, inspected, { brandId: item.brand, source: 'made', type: item.type });
      if (isNew) await publishAsset(ctx, assetId);
    }
  },
});

async function renderAndInspect(tools: Tools, folder: string, item: RehearsalItem): Promise<Rendered> {
  const { fileName, bytes } = await renderRehearsalItem(item);
  const path = join(folder, basename(fileName));
  await writeFile(path, bytes);
  const { title, description, tags } = item;
  return { item, inspected: await inspectFile(tools, { path, name: fileName, title, description, tags }) };
}
