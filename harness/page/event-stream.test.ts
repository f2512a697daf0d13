import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { listenTo } from './fixtures/event-reader.ts';
import { kata, makePage } from './fixtures/made-page.ts';
import { redTest, resultOf, testOf } from './fixtures/made-result.ts';

const location = { file: path.join(projectRoot, 'katas', kata, 'three-fetches.ts'), line: 8 };
const red = redTest('They ran one after another.');
const told = resultOf(
  [
    {
      ...red,
      failure: { ...red.failure!, location, advice: 'Start all first.', diff: '- 1\n+ 3' },
    },
  ],
  { output: `\u001B[31m${'said\n'.repeat(50)}` },
);
const green = resultOf([testOf()]);

test('a verdict comes with its message, its advice and its place, and with what was printed', async () => {
  const { app } = makePage({
    run: async (_kata, onTest) => {
      onTest(told.tests[0]!);
      return told;
    },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  const { saw } = await listenTo(`${url}/katas/${kata}`);
  const seen = await saw('0 of 1 green');

  expect(seen).toContain('Judging …');
  expect(seen).toContain('They ran one after another.');
  expect(seen).toContain('Start all first.');
  expect(seen).toContain('>three-fetches.ts:8</a>');
  expect(seen).toContain('… and 10 more lines');
  expect(seen).not.toContain('\\u001b');
});

test('every window that looks at a kata is told, and only what has changed', async () => {
  const results = [told, green];
  const { app, file } = makePage({ run: async () => results.shift()! });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const [one, other] = [
    await listenTo(`${url}/katas/${kata}`),
    await listenTo(`${url}/katas/${kata}`),
  ];
  await Promise.all([one.saw('0 of 1 green'), other.saw('0 of 1 green')]);

  writeFileSync(file, 'export {};\n');
  const [seen] = await Promise.all([one.saw('All 1 green'), other.saw('All 1 green')]);

  expect(seen).toContain('Go on with 01');
  expect(seen).not.toContain('part-hints');
});

test('a kata that could not be judged says whose fault it is not', async () => {
  const busy = resultOf([{ ...red, verdict: 'inconclusive' }], { verdict: 'inconclusive' });
  const { app } = makePage({ run: async () => busy });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  const { saw } = await listenTo(`${url}/katas/${kata}`);

  expect(await saw('Not judged')).toContain('This says nothing about your code.');
});
