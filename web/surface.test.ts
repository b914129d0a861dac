// The surface over real HTTP, before any page is asked what it thinks.
import { request } from 'node:http';
import { notesPlugin, serveTestKernel, startTestKernel, type TestServer } from '@troupe-os/core/testing';
import { beforeAll, expect, test } from 'vitest';
import { web } from './surface.ts';

let house: TestServer;
beforeAll(async () => {
  house = await serveTestKernel(await startTestKernel([notesPlugin]), [web()]);
}, 300_000);

const signIn = (headers: Record<string, string>) =>
  fetch(`${house.url}/sign-in`, { method: 'POST', body: new URLSearchParams({ email: 'a@b.example' }), headers });

test('files of the build are served with their type, and are what they say', async () => {
  const response = await fetch(`${house.url}/theme.js`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('javascript');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('what is no page, and the answer where no page can be made, allow nothing at all', async () => {
  for (const path of ['/theme.js', '/']) {
    const policy = (await fetch(`${house.url}${path}`)).headers.get('content-security-policy');
    expect(policy, path).toMatch(/^default-src 'none'; frame-ancestors 'none'/);
  }
});

test('a form of this very origin is taken behind plain http, another is refused', async () => {
  expect((await signIn({ origin: house.url })).status).not.toBe(403);
  expect((await signIn({ origin: 'http://elsewhere.example' })).status).toBe(403);
});

test('a client cannot say under our own header names which origin this is', async () => {
  const forged = { 'x-troupe-host': 'elsewhere.example', 'x-troupe-protocol': 'http', origin: 'http://elsewhere.example' };
  expect((await signIn(forged)).status).toBe(403);
});

test('a form over the limit, or of unknown length, is refused before it is read', async () => {
  const big = await fetch(`${house.url}/sign-in`, { method: 'POST', body: 'x'.repeat(70_000), headers: { origin: house.url } });
  expect(await big.json()).toMatchObject({ code: 'core.body_too_large' });
  expect(await statusOfChunkedPost('/sign-in')).toBe(422);
});

test('an address of the API that is none answers as the API does', async () => {
  const response = await fetch(`${house.url}/api/nothing`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'core.unreachable' });
});

function statusOfChunkedPost(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${house.url}${path}`, { method: 'POST', headers: { origin: house.url } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject);
    sent.write('email=a');
    sent.end();
  });
}
