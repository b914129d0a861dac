import { expect, test } from 'vitest';
import { pieces } from './pieces.ts';

test('pieces fit, and lose nothing but blanks between them', () => {
  const words = ['word', 'a longer word', '😀', 'x'.repeat(90), '', '\n', '\n\n'];
  for (let seed = 1; seed <= 300; seed += 1) {
    let state = seed;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const whole = Array.from({ length: Math.floor(random() * 200) }, () => words[Math.floor(random() * words.length)]).join(' ');
    const most = 60 + Math.floor(random() * 340);
    const cut = pieces(whole, most);
    expect(Math.max(0, ...cut.map(({ length }) => length)), `seed ${seed}`).toBeLessThanOrEqual(most);
    expect(cut.join('').replaceAll(/\s/g, ''), `seed ${seed}`).toBe(whole.replaceAll(/\s/g, ''));
    expect(cut.join(''), `seed ${seed}`).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  }
});

test('code that is cut is closed, and goes on as code', () => {
  const cut = pieces(`before\n\n\`\`\`json\n${'{ "a": 1 },\n'.repeat(40)}\`\`\`\nafter`, 200);
  expect(cut.length).toBeGreaterThan(2);
  for (const piece of cut) {
    expect(piece.length).toBeLessThanOrEqual(200);
    expect((piece.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
  }
  expect(cut[1]).toMatch(/^```json\n/);
  expect(cut.at(-1)).toMatch(/after$/);
});

test('no name of a language makes pieces longer, or endless', () => {
  for (const length of [20, 21, 180, 188, 191, 192, 193, 400]) {
    const cut = pieces(`\`\`\`${'a'.repeat(length)}.${'b'.repeat(1000)}`, 200);
    expect(cut.length).toBeLessThan(60);
    for (const piece of cut) expect(piece.length).toBeLessThanOrEqual(200);
  }
});
