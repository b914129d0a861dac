import { startTestKernel } from '@troupe-os/core/testing';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { chartsPlugin } from '../index.ts';

const house = await startTestKernel([chartsPlugin]);
const vic = house.as({ id: 'vic', roles: ['viewer'] });
const [drawChart, openChart] = chartsPlugin.actions;
const SALES = {
  kind: 'bar',
  title: 'Sales',
  unit: 'EUR',
  categories: ['May', 'June'],
  series: [{ name: 'Web', values: ['12.50', '7'] }],
} as const;
const input = { ...SALES, categories: [...SALES.categories], series: [{ name: 'Web', values: ['12.50', '7'] }] };
const bytesOf = async (objectKey: string) => Buffer.concat(await Array.fromAsync(await house.kernel.objects.get(objectKey)));

test('a table becomes a picture, which its person opens as PNG and SVG, and the table stays in the answer', async () => {
  const made = await house.run(vic, drawChart, input);
  expect(made).toMatchObject({
    fileName: 'Sales.png',
    contentType: 'image/png',
    description: 'Bars in EUR. Web: May 12.50, June 7.',
  });
  expect(made.table).toContain('| May | 12.50 |');
  const png = await house.run(vic, openChart, { chartId: made.chartId, format: 'png' });
  const { format, width = 0 } = await sharp(await bytesOf(png.objectKey)).metadata();
  expect([format, width]).toEqual(['png', 1200]);
  expect(png.size).toBe(made.size);
  const svg = await house.run(vic, openChart, { chartId: made.chartId, format: 'svg' });
  expect((await bytesOf(svg.objectKey)).toString()).toContain('<title id="title">Sales</title>');
});

test('a chart is opened by whoever it was drawn for, and by nobody else', async () => {
  const agent = house.as({ id: 'ana', kind: 'agent', roles: ['admin'], onBehalfOf: { id: 'vic', roles: ['viewer'] } });
  const { chartId } = await house.run(agent, drawChart, input);
  await expect(house.run(vic, openChart, { chartId, format: 'png' })).resolves.toMatchObject({ fileName: 'Sales.png' });
  for (const stranger of [house.as({ id: 'sam', roles: ['admin'] })])
    await expect(house.run(stranger, openChart, { chartId, format: 'png' })).rejects.toMatchObject({
      code: 'charts.unknown_chart',
    });
  await expect(house.run(house.guest, drawChart, input)).rejects.toMatchObject({ code: 'core.unauthenticated' });
});

test('values are decimal numbers as text, and series fit their categories', async () => {
  for (const value of ['1e3', '', 'twelve', '1,000', '0x1', '1.1234567', '1'.repeat(16), 'Infinity'])
    await expect(house.run(vic, drawChart, { ...input, series: [{ name: 'Web', values: [value, '1'] }] })).rejects.toMatchObject({
      code: 'core.invalid_input',
    });
  await expect(house.run(vic, drawChart, { ...input, title: 'No letter: \uFFFF' })).rejects.toMatchObject({
    code: 'core.invalid_input',
  });
  await expect(house.run(vic, drawChart, { ...input, categories: ['May'] })).rejects.toMatchObject({
    code: 'charts.uneven_series',
  });
});
