// What every driver of embeddings promises. A third party's driver runs the same.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Embeddings } from '../embeddings/driver.ts';

/** Registers the tests of one driver. `create` is called twice: the second one is closed while it works. */
export function testEmbeddings(name: string, create: () => Promise<Embeddings>): void {
  describe(`${name} turns text into vectors`, () => {
    let embeddings: Embeddings;

    beforeAll(async () => {
      embeddings = await create();
    });

    afterAll(async () => {
      await embeddings.close();
    });

    async function vectorOf(text: string): Promise<Float32Array> {
      const [vector] = await embeddings.embed([text]);
      return vector ?? new Float32Array();
    }

    test('each vector has length one and the dimensions that the driver names', async () => {
      const vectors = await embeddings.embed(['night drive', 'a car on the road after dark']);
      expect(vectors.map((vector) => vector.length)).toEqual([embeddings.dimensions, embeddings.dimensions]);
      for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 4);
      expect(embeddings.model).not.toBe('');
    });

    test('the same text gives the same vector, alone or among others', async () => {
      const texts = Array.from({ length: 150 }, (_, index) => `picture number ${index}`);
      const vectors = await embeddings.embed(texts);
      for (const index of [0, 75, 149]) {
        expect(dot(vectors[index] ?? new Float32Array(), await vectorOf(texts[index] ?? ''))).toBeCloseTo(1, 3);
      }
    });

    test('a text that says nothing gives zeros and moves no other vector', async () => {
      const [empty, spoken, blank] = await embeddings.embed(['', 'a red house', ' \n\t']);
      const zeros = new Float32Array(embeddings.dimensions);
      expect(empty).toEqual(zeros);
      expect(blank).toEqual(zeros);
      expect(dot(spoken ?? zeros, await vectorOf('a red house'))).toBeCloseTo(1, 3);
      expect(await embeddings.embed([])).toEqual([]);
    });

    test('any text is taken: emoji, other scripts, control characters, a whole book', async () => {
      const texts = ['🎉', '日本語', 'a\0b', '\ud800', 'constructor __proto__', 'word '.repeat(20_000)];
      const vectors = await embeddings.embed(texts);
      expect(vectors).toHaveLength(texts.length);
      for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 4);
    });

    test('many may ask at once', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => embeddings.embed([`question ${index}`])));
      const again = await vectorOf('question 7');
      expect(dot(answers[7]?.[0] ?? new Float32Array(), again)).toBeCloseTo(1, 3);
    });

    test('whoever waits when the driver is closed, or asks afterwards, hears that it is unavailable', async () => {
      const closing = await create();
      const refusal = { code: 'embeddings.unavailable', kind: 'unavailable' };
      const waiting = expect(closing.embed(['too late'])).rejects.toMatchObject(refusal);
      await closing.close();
      await waiting;
      await expect(closing.embed(['much too late'])).rejects.toMatchObject(refusal);
    });
  });
}

function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
