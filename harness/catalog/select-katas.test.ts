import { expect, test } from 'vitest';
import { selectKatas, UnknownKataError } from './select-katas.ts';

const ids = ['01-blocking-or-suspending', '03-three-fetches', '10-task-group', '13-check-then-act'];

test('no word means every kata', () => {
  expect(selectKatas([], ids)).toEqual(ids);
});

test.each([
  'katas/03',
  'katas/03-three-fetches',
  'katas/03-three-fetches/',
  './katas/03-three-fetches/three-fetches.ts',
  'katas\\03-three-fetches',
  '03',
  '3',
  '03-three',
  'three-fetches',
])('"%s" means kata 03', (word) => {
  expect(selectKatas([word], ids)).toEqual(['03-three-fetches']);
});

test('a range means the katas in it, and words come in the order of the katas', () => {
  expect(selectKatas(['13', '01-10'], ids)).toEqual(ids);
  expect(selectKatas(['katas'], ids)).toEqual(ids);
});

test('an unknown number names the nearest katas', () => {
  expect(() => selectKatas(['katas/99'], ids)).toThrow(
    new UnknownKataError(
      'There is no kata "katas/99". Nearest: 13-check-then-act, 10-task-group, 03-three-fetches.',
    ),
  );
});

test('a misspelt slug names the nearest katas', () => {
  expect(() => selectKatas(['tree-fetchs'], ids)).toThrow(/Nearest: 03-three-fetches,/);
});
