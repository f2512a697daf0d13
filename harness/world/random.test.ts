import { expect, test } from 'vitest';
import { random } from './random.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number): number[] => {
    const numbers = random(seed);
    return Array.from({ length: 5 }, () => numbers.next());
  };

  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('whole numbers fill their range, both ends included', () => {
  const numbers = random(1);
  const drawn = new Set(Array.from({ length: 500 }, () => numbers.int(-1, 2)));

  expect([...drawn].toSorted((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});

test('a shuffle keeps every item and leaves its argument alone', () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  const shuffled = random(3).shuffle(items);

  expect(shuffled).not.toEqual(items);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  expect(items[0]).toBe(0);
});

test('a pick is one of the items, and nothing can be picked from none', () => {
  expect(['a', 'b']).toContain(random(5).pick(['a', 'b']));
  expect(() => random(5).pick([])).toThrow('Expected at least one item to pick from');
});

test('nonces differ and have eight digits', () => {
  const numbers = random(9);
  const nonces = Array.from({ length: 100 }, () => numbers.nonce());

  expect(new Set(nonces).size).toBe(100);
  expect(nonces.every((nonce) => /^[0-9a-f]{8}$/.test(nonce))).toBe(true);
});

test('a range that does not rise is refused', () => {
  expect(() => random(1).int(2, 1)).toThrow('Expected two rising whole numbers, got `2` and `1`.');
});
