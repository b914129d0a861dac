import { createHash } from 'node:crypto';
import { defineAction, personOf, type Tools } from '@troupe-os/core';
import { z } from 'zod';
import { assertDrawable, chartShape, descriptionOf, tableOf } from '../chart.ts';
import { drawSvg } from '../draw/draw.ts';
import { pngOf } from '../draw/rasterise.ts';
import { charts } from '../schema.ts';

interface Picture {
  readonly objectKey: string;
  readonly size: number;
}

export const drawChart = defineAction({
  name: 'charts.draw-chart',
  title: 'Draw a chart',
  description:
    'Makes a picture of a table that you have: bars, lines or stacked bars. The chat shows it by itself. Use values that a tool has answered, in one unit, as decimal numbers.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'charts.chart.draw',
  input: z.strictObject(chartShape),
  output: z.strictObject({
    chartId: z.uuid(),
    fileName: z.string(),
    contentType: z.literal('image/png'),
    size: z.int(),
    description: z.string().describe('What it shows, for whoever does not see it.'),
    table: z.string().describe('The table that it was made of, in Markdown.'),
  }),
  private: true,
  personal: ['title'],
  shows: { action: 'charts.open-chart', input: ({ chartId }) => ({ chartId, format: 'png' }) },
  async prepare(tools: Tools, input): Promise<{ png: Picture; svg: Picture }> {
    assertDrawable(input);
    const svg = drawSvg(input);
    const png = await pngOf(svg);
    return {
      png: await store(tools, png, 'image/png'),
      svg: await store(tools, Buffer.from(svg), 'image/svg+xml'),
    };
  },
  async handler(ctx, input, { png, svg }) {
    const chartId = crypto.randomUUID();
    await ctx.db.insert(charts).values({
      ...{ id: chartId, personId: personOf(ctx), title: input.title, createdAt: ctx.now },
      ...{ pngKey: png.objectKey, pngSize: png.size, svgKey: svg.objectKey, svgSize: svg.size },
    });
    const told = { description: descriptionOf(input), table: tableOf(input) };
    return { chartId, fileName: `${input.title}.png`, contentType: 'image/png' as const, size: png.size, ...told };
  },
});

/** Named by its content: the same picture is stored once. */
async function store({ objects }: Tools, bytes: Buffer, contentType: string): Promise<Picture> {
  const objectKey = `charts/${createHash('sha256').update(bytes).digest('hex')}`;
  await objects.put(objectKey, bytes, { contentType });
  return { objectKey, size: bytes.length };
}
