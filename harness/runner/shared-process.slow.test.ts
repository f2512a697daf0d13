import { expect, onTestFinished, test, vi } from 'vitest';
import { readKata } from '../catalog/kata.ts';
import { KataSession } from './kata-session.ts';
import { SpareSlot } from './spare-slot.ts';

vi.setConfig({ testTimeout: 60_000 });

const kata = readKata('10-task-group');
const wrong = `solutions/${kata.id}/wrong/first-error-only.ts`;

/** Judges these answers in turn, and says in how many processes that was done. */
async function judge(answers: readonly { submission: string; shareProcess: boolean }[]) {
  const take = vi.spyOn(SpareSlot.prototype, 'take');
  onTestFinished(() => take.mockRestore());
  await using session = await KataSession.open();
  const verdicts: string[] = [];
  for (const answer of answers) verdicts.push((await session.run(kata, answer)).verdict);
  const processes = take.mock.results.map(({ value }) => (value === null ? null : value.pid));
  return { verdicts, processes };
}

test('answers that may share a process are judged in one, each for itself', async () => {
  const { verdicts, processes } = await judge([
    { submission: 'solutions', shareProcess: true },
    { submission: wrong, shareProcess: true },
    { submission: 'solutions', shareProcess: true },
  ]);

  expect(verdicts).toEqual(['pass', 'fail', 'pass']);
  expect(new Set(processes).size).toBe(1);
  expect(processes).not.toContain(null);
});

test('an answer that shares nothing gets a process of its own', async () => {
  const { verdicts, processes } = await judge([
    { submission: 'solutions', shareProcess: true },
    { submission: 'solutions', shareProcess: false },
  ]);

  expect(verdicts).toEqual(['pass', 'pass']);
  // Null: Vitest starts one itself.
  expect(processes[1]).toBeNull();
});
