import { defineAction, download, personOf } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { chartsErrors } from '../errors.ts';
import { charts } from '../schema.ts';

export const openChart = defineAction({
  name: 'charts.open-chart',
  title: 'Open a chart',
  description: 'The picture of a chart that was drawn for you, as PNG or SVG.',
  effect: 'read',
  risk: 'low',
  permission: 'charts.chart.draw',
  http: 'GET /charts/{chartId}/{format}',
  input: z.strictObject({ chartId: z.uuid(), format: z.enum(['png', 'svg']) }),
  output: download(),
  async handler(ctx, { chartId, format }) {
    const isTheirs = and(eq(charts.id, chartId), eq(charts.personId, personOf(ctx)));
    const [chart] = await ctx.db.select().from(charts).where(isTheirs);
    if (!chart) throw chartsErrors.unknown_chart({ chartId });
    const { title, pngKey, pngSize, svgKey, svgSize } = chart;
    if (format === 'png') return { objectKey: pngKey, size: pngSize, fileName: `${title}.png`, contentType: 'image/png' };
    return { objectKey: svgKey, size: svgSize, fileName: `${title}.svg`, contentType: 'image/svg+xml' };
  },
});
