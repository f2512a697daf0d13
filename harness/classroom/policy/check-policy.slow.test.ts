import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAnswerFiles, readAnswers } from '../../catalog/answers.ts';
import { readKatas, solutionsDirectory } from '../../catalog/kata.ts';
import { checkPolicy } from './check-policy.ts';

describe.each(readKatas())('$id', (kata) => {
  test('no starter, solution, right or wrong answer is refused', async () => {
    const folders = [kata.directory, path.join(solutionsDirectory, kata.id)];
    const answers = (['right', 'wrong'] as const).flatMap((kind) =>
      readAnswers(kata, kind, solutionsDirectory),
    );
    const all = [
      ...folders.map((folder) => ({
        name: folder,
        files: readAnswerFiles(kata, { path: folder }),
      })),
      ...answers.map((answer) => ({
        name: answer.path,
        files: readAnswerFiles(kata, answer),
      })),
    ];

    const refused = await Promise.all(
      all.map(async ({ name, files }) => {
        const refusals = await checkPolicy(kata, files);
        return refusals.map(({ line, reason }) => `${name}:${line} ${reason}`);
      }),
    );

    expect(refused.flat()).toEqual([]);
  });
});
