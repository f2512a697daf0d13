import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import {
  authorPath,
  blamedFrame,
  formatLocation,
  mapCopy,
  ownerOf,
  parseStack,
  projectRoot,
} from './source-location.ts';

const kata = path.join(projectRoot, 'katas', '03-three-fetches', 'three-fetches.ts');

test('reads the frames of a stack, with and without a function name', () => {
  const stack = [
    'Error: boom (really)',
    `    at async fetchAll (${pathToFileURL(kata).href}?instance=3:12:5)`,
    `    at ${kata}:3:1`,
    '    at Promise.all (index 0)',
    '    at processTicksAndRejections (node:internal/process/task_queues:105:5)',
  ].join('\n');

  expect(parseStack(stack).map(({ functionName, line }) => [functionName, line])).toEqual([
    ['fetchAll', 12],
    ['(anonymous)', 3],
    ['processTicksAndRejections', 105],
  ]);
});

test('reads paths with parentheses, and leaves out code without a file', () => {
  const stack = [
    'Error: boom',
    '    at run (file:///home/me/event-loop-katas%20(1)/katas/a.ts:3:5)',
    '    at file:///home/me/event-loop-katas (1)/katas/a.ts:4:5',
    '    at eval (eval at run (file:///home/me/a.ts:1:2), <anonymous>:1:1)',
    '    at Array.map (<anonymous>)',
    `    at ${'x'.repeat(5000)} (${kata}:5:1)`,
  ].join('\n');

  expect(parseStack(stack).map(({ file, line }) => [file, line])).toEqual([
    ['file:///home/me/event-loop-katas%20(1)/katas/a.ts', 3],
    ['file:///home/me/event-loop-katas (1)/katas/a.ts', 4],
  ]);
});

test.each([
  ['learner', kata],
  ['learner', `${pathToFileURL(kata).href}?instance=1`],
  ['spec', kata.replace('.ts', '.spec.ts')],
  ['harness', path.join(projectRoot, 'harness', 'clock', 'index.ts')],
  ['library', path.join(projectRoot, 'node_modules', 'undici', 'index.js')],
  ['node', 'node:timers'],
  ['node', ''],
])('knows code of the %s: %s', (owner, file) => {
  expect(ownerOf(file)).toBe(owner);
});

test("blames the learner's nearest frame, and the spec's only where there is none", () => {
  const [spec, library, learner] = [
    { file: kata.replace('.ts', '.spec.ts'), line: 1, column: 1, functionName: 'a' },
    { file: 'node:fs', line: 2, column: 1, functionName: 'b' },
    { file: kata, line: 3, column: 1, functionName: 'c' },
  ];

  expect(blamedFrame([library, spec, learner])).toBe(learner);
  expect(blamedFrame([library, spec])).toBe(spec);
  expect(blamedFrame([library])).toBeNull();
});

test('tells a copy by the path that its author knows', () => {
  const copy = path.join(projectRoot, '.kata', 'copy');
  mapCopy(copy, path.join(projectRoot, 'solutions', '03-three-fetches'));
  mapCopy(path.join(copy, 'three-fetches.ts'), path.join(projectRoot, 'x', 'mine.ts'));

  expect(authorPath(path.join(copy, 'worker.ts'))).toBe(
    path.join(projectRoot, 'solutions', '03-three-fetches', 'worker.ts'),
  );
  expect(
    formatLocation({ file: `${pathToFileURL(copy).href}/three-fetches.ts?instance=1`, line: 7 }),
  ).toBe('x/mine.ts:7');
});

test('keeps the whole path of a file outside the checkout', () => {
  expect(formatLocation({ file: '/somewhere/else.ts', line: 1 })).toBe('/somewhere/else.ts:1');
});
