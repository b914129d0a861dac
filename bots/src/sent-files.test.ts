// What an action makes is shown with its answer: as an event on the web, and as a picture where channels send files.
import { expect, test } from 'vitest';
import { chartsPlugin } from '../../plugins/charts/src/index.ts';
import { startChatHouse } from '../testing/house.ts';

test('the picture of a chart comes with the answer of the command that draws it, and is fetched by whoever asked', async () => {
  const house = await startChatHouse({}, [chartsPlugin]);
  const [vic, sam] = [await house.talker('viewer'), await house.talker('viewer')];
  const conversationId = await vic.start();
  const series = JSON.stringify([{ name: 'Web', values: ['12.50', '7'] }]);
  const events = await vic.say(
    conversationId,
    `/charts draw-chart kind=bar title=Sales categories='["May","June"]' series='${series}'`,
  );
  const file = events.find((event) => event.type === 'data-file') as { data: { url: string; name: string } } | undefined;
  expect(file?.data).toMatchObject({ action: 'charts.open-chart', name: 'Sales.png', contentType: 'image/png' });
  expect(file?.data.url).toMatch(/^\/api\/charts\/[0-9a-f-]{36}\/png$/);

  const kept = (await vic.kept(conversationId)).at(-1);
  expect(kept).toMatchObject({ author: 'system', tool: { file: { url: file?.data.url, contentType: 'image/png' } } });
  expect(kept?.text).not.toContain('/api/');

  const fetched = await vic.fetch(file?.data.url ?? '');
  expect([fetched.status, fetched.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect((await sam.fetch(file?.data.url ?? '')).status).toBe(404);
});
