import { expect, test } from 'vitest';
import { sampleCatalog } from '../catalog/fixtures/sample-catalog.ts';
import { readKata } from '../catalog/kata.ts';
import { subjectsOf } from '../catalog/subject.ts';
import type { Subject } from '../catalog/subject.ts';
import { fewAnswers } from './few-answers.ts';

const id = '03-three-fetches';

/** The answers to a kata: five wrong ones, of which the same test rejects two, and two right ones. */
function answers(): Subject[] {
  const tests = ['is quick', 'is quick', 'asks once', 'keeps order', 'ends'];
  const added = tests.map((name, at) => [
    `solutions/${id}/wrong/w${at}.ts`,
    `// Wrong.\n// fails: ${name}\nexport {};\n`,
  ]);
  const left = ['a.ts', 'b.ts', 'c.ts', 'd/three-fetches.ts'].map((name) => [
    `solutions/${id}/wrong/${name}`,
    null,
  ]);
  const folders = sampleCatalog({
    ...Object.fromEntries([...left, ...added]),
    [`solutions/${id}/right/another.ts`]: 'export {};\n',
  });
  return subjectsOf(readKata(id, folders.katas), folders);
}

function namesOf(subjects: readonly Subject[]): string[] {
  return subjects.map(({ kind, name }) => `${kind} ${name}`);
}

test('takes the starter, the solution, a right answer, and a wrong one for each of three tests', () => {
  expect(namesOf(fewAnswers(answers()))).toEqual([
    'starter starter',
    'solution solution',
    'right another',
    'wrong w0',
    'wrong w2',
    'wrong w3',
  ]);
});

test('takes one wrong answer where a spec rests on real time', () => {
  const kept = answers();
  for (const { kata } of kept) Object.assign(kata, { evidence: ['V', 'O'] });

  expect(namesOf(fewAnswers(kept))).toEqual([
    'starter starter',
    'solution solution',
    'right another',
    'wrong w0',
  ]);
});
