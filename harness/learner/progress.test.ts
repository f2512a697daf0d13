import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { KataResult } from '../runner/kata-result.ts';
import { makeFolder, makeKata } from './fixtures/made-kata.ts';
import { readState } from './learner-state.ts';
import { nextKata, progressOf, rememberVerdict } from './progress.ts';

function result(verdict: KataResult['verdict']): KataResult {
  return {
    kata: '99-sum',
    submission: null,
    verdict,
    tests: [],
    problem: null,
    output: '',
    realMs: 1,
  };
}

test('a kata is new, then red or green, then changed', () => {
  const file = path.join(makeFolder(), 'learner.json');
  const kata = makeKata({ 'sum.ts': 'one' });
  const standing = (): unknown => progressOf([kata], readState(file))[0]?.standing;

  const seen = [standing()];
  rememberVerdict(kata, result('fail'), file);
  seen.push(standing());
  rememberVerdict(kata, result('pass'), file);
  seen.push(standing());
  writeFileSync(path.join(kata.directory, 'sum.ts'), 'two');
  seen.push(standing());

  expect(seen).toEqual(['new', 'red', 'green', 'changed']);
});

test('a verdict that the machine could not give does not make a kata green', () => {
  const file = path.join(makeFolder(), 'learner.json');
  const kata = makeKata({ 'sum.ts': 'one' });

  rememberVerdict(kata, result('inconclusive'), file);

  expect(progressOf([kata], readState(file))[0]?.standing).toBe('red');
});

test('the next kata is the first that is not green', () => {
  const file = path.join(makeFolder(), 'learner.json');
  const [first, second] = [
    makeKata({ 'sum.ts': '1' }, '01-a'),
    makeKata({ 'sum.ts': '2' }, '02-b'),
  ];

  const next = (): string | undefined => nextKata([first, second], readState(file))?.id;

  expect(next()).toBe('01-a');
  rememberVerdict(first, result('pass'), file);
  expect(next()).toBe('02-b');
  rememberVerdict(second, result('pass'), file);
  expect(next()).toBeUndefined();
});
