// Whoever is in charge and came with one proof is led to where a second one is enrolled.
import { serveTestKernel, startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import installation from '../troupe.config.ts';

test('with one proof every page leads to the account, which says why; the shop is open to others', {
  timeout: 240_000,
}, async () => {
  const house = await startTestKernel(installation.plugins, { directory: 'plugins', workers: false, requireSecondFactor: true });
  await house.kernel.seed({ rehearsal: false });
  const operator: TestKernel['guest'] = {
    principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local' },
    tainted: false,
  };
  const { link } = (await house.call(operator, 'identity.create-link', {})).output as { link: string };
  const { session } = (await house.call(house.guest, 'identity.redeem-link', { link })).output as { session: string };
  const { url } = await serveTestKernel(house, installation.surfaces);
  const open = (path: string, cookie = `troupe_session=${session}`) =>
    fetch(url + path, { redirect: 'manual', headers: { cookie, accept: 'text/html' } });

  for (const path of ['/', '/console', '/account/tokens']) {
    const answer = await open(path);
    expect([answer.status, answer.headers.get('location')], path).toEqual([303, '/account']);
  }
  const account = await open('/account');
  expect(account.status).toBe(200);
  expect(await account.text()).toContain('Those in charge need a second factor here.');
  expect((await open('/', '')).status).toBe(200);
});
