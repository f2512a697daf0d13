import { rmSync, writeFileSync } from 'node:fs';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readState } from '../learner/learner-state.ts';
import type { KataResult } from '../runner/kata-result.ts';
import { kata as id, makeKatasFolder } from './fixtures/made-page.ts';
import { redTest, resultOf, testOf } from './fixtures/made-result.ts';
import { learnerFolder } from './learner-folder.ts';
import { LiveKata } from './live-kata.ts';

const red = resultOf([redTest('They ran one after another.')]);
const green = resultOf([testOf()]);

/** A kata that is looked at; `verdicts` come one for each time that it is judged. */
function lookAt(verdicts: readonly (KataResult | Error)[]) {
  const folder = learnerFolder(makeKatasFolder());
  let judged = 0;
  const kata = folder.katas.find((kata) => kata.id === id)!;
  const live = new LiveKata(kata, folder, {
    run: async () => {
      const verdict = verdicts[judged++];
      if (verdict instanceof Error) throw verdict;
      return verdict ?? red;
    },
    [Symbol.asyncDispose]: async () => {},
  });
  const changed = new EventEmitter();
  onTestFinished(live.listen(() => changed.emit('change')));
  return {
    live,
    folder,
    file: path.join(folder.answerTo(kata).directory, 'three-fetches.ts'),
    judged: () => judged,
    until: async (condition: () => boolean): Promise<void> => {
      while (!condition()) await once(changed, 'change');
    },
  };
}

test('judges at once, and again on every save; the last red verdict stays beside the newest', async () => {
  const { live, file, until } = lookAt([red, green]);

  await until(() => live.now === red);
  writeFileSync(file, 'export {};\n');
  await until(() => live.now === green);

  expect(live.before).toBe(red);
});

test('a save that changes nothing is not judged', async () => {
  const { live, file, until, judged } = lookAt([red, green]);
  await until(() => live.now === red && !live.isJudging);

  writeFileSync(file, live.answer[0]!.text!);
  live.look();

  expect(judged()).toBe(1);
});

test('remembers the verdict for the list', async () => {
  const { live, folder, until } = lookAt([green]);

  await until(() => live.now === green && !live.isJudging);

  expect(readState(folder.stateFile).verdicts[id]).toMatchObject({ verdict: 'pass', green: 1 });
});

test('a folder that is replaced is watched on', async () => {
  const { live, file, until } = lookAt([red, green]);
  await until(() => live.now === red);

  rmSync(file);
  await until(() => live.answer[0]!.problem !== null && !live.isJudging);
  writeFileSync(file, 'export {};\n');

  await until(() => live.now === green);
});

test('a file that cannot be judged is not judged', async () => {
  const { live, file, until, judged } = lookAt([red]);
  await until(() => live.now === red && !live.isJudging);

  writeFileSync(file, Buffer.from([0xff]));
  live.judgeAgain();

  expect(judged()).toBe(1);
  expect(live.answer[0]!.problem).toContain('not UTF-8');
});

test('a judge that fails is told, and may be asked again', async () => {
  const { live, until } = lookAt([new Error('No process could start.'), green]);
  await until(() => live.trouble !== null && !live.isJudging);

  expect(live.trouble).toBe('The kata could not be judged: No process could start.');
  live.judgeAgain();

  await until(() => live.now === green);
  expect(live.trouble).toBeNull();
});
