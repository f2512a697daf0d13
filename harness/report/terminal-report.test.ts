import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { KataResult, TestResult } from '../runner/kata-result.ts';
import { reportBoard, reportKata } from './terminal-report.ts';

const green: TestResult = {
  name: 'returns an empty list when there is no URL',
  verdict: 'pass',
  failure: null,
  spans: [],
  virtual: true,
  virtualMs: 1500,
  realMs: 12,
  seed: '1',
  attempts: 1,
  droppedWrites: 0,
};

const red: TestResult = {
  ...green,
  name: 'three fetches finish in under 1.2s',
  verdict: 'fail',
  spans: [0, 1000, 2000].map((start) => ({
    label: `GET /${start}`,
    kind: 'request',
    start,
    end: start + 1000,
    outcome: 'done',
    where: null,
  })),
  failure: {
    kind: 'assertion',
    message:
      '3 requests were sent, never more than 1 at a time: they ran one after another, and that is a long sentence.',
    location: { file: 'katas/03-three-fetches/three-fetches.ts', line: 6 },
    advice: 'Start all of them before you wait for the first.',
    diff: '- 1000\n+ 3000',
  },
};

function result(tests: TestResult[], rest: Partial<KataResult> = {}): KataResult {
  const verdict = tests.every((one) => one.verdict === 'pass') ? 'pass' : 'fail';
  return {
    kata: '03-three-fetches',
    submission: null,
    verdict,
    tests,
    problem: null,
    output: '',
    realMs: 400,
    ...rest,
  };
}

const plain = (text: string): string => stripVTControlCharacters(text);

test('a green kata says how much virtual time passed, and where to compare', () => {
  const text = plain(reportKata(result([green, { ...green, name: 'another' }])));

  expect(text).toContain('   ✓ returns an empty list when there is no URL\n   ✓ another\n');
  expect(text).toContain(' All 2 green. 3.0 virtual seconds in 0.4 s.');
  expect(text).toContain(' Compare  npm run compare 03\n Next     npm run next\n');
});

test('a red kata tells the first red in full, then the file and the command', () => {
  const text = plain(reportKata(result([green, red, { ...red, name: 'another red' }])));

  expect(text).toContain('they ran one after\n   another, and that is a long sentence.');
  expect(text).toMatch(/GET \/2000 .*2000 – 3000 ms/);
  expect(text).toContain('   - 1000\n   + 3000');
  expect(text).toContain(' 1 of 3 green.\n Open   katas/03-three-fetches/three-fetches.ts\n');
  expect(text).toContain(' Again  npm test katas/03');
});

test('no line is wider than 80 columns', () => {
  const long = { ...red, name: 'x'.repeat(200) };
  const text = plain(reportKata(result([long], { output: 'y'.repeat(500) })));

  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('what the program printed is shown, but not without end', () => {
  const output = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
  const text = plain(reportKata(result([{ ...green, droppedWrites: 7 }], { output })));

  expect(text).toContain('   | line 19\n   | … and 30 more lines\n   | … and 7 writes');
});

test('a process that died is told where no test is red', () => {
  const problem = {
    ...red.failure!,
    kind: 'crash',
    message: 'Your code used up all the memory.',
  } as const;
  const text = plain(reportKata(result([green], { verdict: 'crashed', problem })));

  expect(text).toContain('   Your code used up all the memory.');
  expect(text).toContain(' 1 of 1 green.');
});

test('a machine that was too busy is never told as a failure', () => {
  const unjudged = { ...red, verdict: 'inconclusive' } as const;
  const text = plain(reportKata(result([unjudged], { verdict: 'inconclusive' })));

  expect(text).toContain(
    ' Not judged: the machine is too busy. This says nothing about your code.',
  );
});

test('the board has a line for each kata and names the next', () => {
  const text = plain(reportBoard([result([green]), result([green, red])]));

  expect(text).toContain(' ✓ 03  Three fetches');
  expect(text).toMatch(/✗ 03 .* 1\/2 {2}fail/);
  expect(text).toContain(' 1 of 2 katas green.\n Next  npm test katas/03');
});
