import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { testEmbeddings } from '../testing/embeddings-suite.ts';
import { createEmbeddedEmbeddings } from './embedded.ts';
import { openEmbeddings } from './open.ts';

testEmbeddings('the embedded model', async () => openEmbeddings({ kind: 'embedded' }));

test('a paraphrase is nearer than another subject', async () => {
  const embeddings = createEmbeddedEmbeddings();
  const [query = [], near = [], far = []] = await embeddings.embed([
    'night drive',
    'a car on the road after dark',
    'a bowl of fruit',
  ]);
  expect(nearness(query, near)).toBeGreaterThan(nearness(query, far) + 0.1);
  await embeddings.close();
});

test('the model works beside the main thread, which goes on', async () => {
  const embeddings = createEmbeddedEmbeddings();
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 5);
  await embeddings.embed(Array.from({ length: 64 }, (_, index) => `a rather long description of picture ${index}`));
  clearInterval(turning);
  expect(turns).toBeGreaterThan(10);
  await embeddings.close();
});

test('the thread starts with the first text, ends when idle, and the next text starts another', async () => {
  const started: Worker[] = [];
  const remember = (worker: Worker) => started.push(worker);
  process.on('worker', remember);
  const embeddings = createEmbeddedEmbeddings({ idleSeconds: 0 });
  expect(started).toHaveLength(0);
  const [first = []] = await embeddings.embed(['a']);
  for (const worker of started) await once(worker, 'exit');
  const [second = []] = await embeddings.embed(['a']);
  expect(started).toHaveLength(2);
  expect(nearness(first, second)).toBeCloseTo(1, 4);
  await embeddings.close();
  process.off('worker', remember);
});

test('a process whose work is done ends though nobody closed the driver, and not before its vectors came', async () => {
  const program = `
    const { createEmbeddedEmbeddings } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)});
    const [vector] = await createEmbeddedEmbeddings().embed(['a']);
    process.stdout.write(String(vector.length));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 });
  expect(stdout).toBe('512');
});

function nearness(one: ArrayLike<number>, other: ArrayLike<number>): number {
  return Array.from(one).reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
