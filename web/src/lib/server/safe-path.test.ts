import { expect, test } from 'vitest';
import { safePath } from './safe-path.ts';

test.each(['/library', '/orders/1?key=a-b'])('%s leads back here', (path) => {
  expect(safePath(path)).toBe(path);
});

test.each(['//elsewhere.example', '/\\elsewhere.example', 'https://elsewhere.example', 'library', '', null, '/a\\b', '/a\nb'])(
  '%j leads nowhere',
  (path) => {
    expect(safePath(path)).toBeUndefined();
  },
);
