import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { StepReport } from './check.ts';
import { reportEnd, reportStep } from './report-steps.ts';
import { readySteps, runSteps } from './run-steps.ts';
import type { FullStep, Step } from './step.ts';

const passed: StepReport = { checks: [{ name: 'one', problems: [] }], notes: [] };
const nothing = { katas: [], wholeKatas: new Set<string>(), all: false, fresh: false };
const silent = { onProgress: () => {}, onEnd: () => {} };

function step(name: string, stage: number, run: Step['run']): Step {
  return { name, title: `the ${name}`, stage, run };
}

test('runs the steps of a stage side by side, and a stage after the one before', async () => {
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = step('first', 1, async () => {
    await gate.promise;
    order.push('first');
    return passed;
  });
  const second = step('second', 1, async () => {
    order.push('second');
    gate.resolve();
    return passed;
  });
  const last = step('last', 2, async () => {
    order.push('last');
    return passed;
  });

  const outcomes = await runSteps([last, first, second], nothing, silent);

  expect(order).toEqual(['second', 'first', 'last']);
  expect(outcomes.map((outcome) => outcome.step.name)).toEqual(['last', 'first', 'second']);
});

test('tells of progress and of the end of each step', async () => {
  const told: string[] = [];
  const one = step('one', 1, async ({ onProgress }) => {
    onProgress('1 of 2');
    return passed;
  });

  await runSteps([one], nothing, {
    onProgress: ({ name }, text) => told.push(`${name} ${text}`),
    onEnd: (outcome) => told.push(`${outcome.step.name} ended`),
  });

  expect(told).toEqual(['one 1 of 2', 'one ended']);
});

test('a step that throws has failed, and the others go on', async () => {
  const broken = step('broken', 1, () => Promise.reject(new Error('no disk')));

  const [first, second] = await runSteps(
    [broken, step('fine', 2, async () => passed)],
    nothing,
    silent,
  );

  expect(first!.checks[0]!.problems[0]!.found).toBe('The step itself failed: no disk');
  expect(second!.checks).toEqual(passed.checks);
});

test('leaves out a full step that the system lacks something for, and says so', async () => {
  const full = (name: string, missing: string | null): FullStep => ({
    ...step(name, 4, async () => passed),
    missing: () => Promise.resolve(missing),
  });
  const steps = [full('ready', null), full('page', 'the package chromium')];

  const [ready, page] = await runSteps(
    await readySteps(steps, { mustHaveAll: false }),
    nothing,
    silent,
  );
  const [, inCi] = await runSteps(await readySteps(steps, { mustHaveAll: true }), nothing, silent);

  expect(ready!.checks).toEqual(passed.checks);
  expect(page).toMatchObject({
    checks: [],
    notes: ['Left out "the page": this system lacks the package chromium.'],
  });
  expect(inCi!.checks[0]!.problems).toHaveLength(1);
});

test('a line of a step says what passed, what failed and how long it took', () => {
  const problem = { where: 'a.ts', found: 'It is red.', advice: 'Mend it.' };
  const checks = [...passed.checks, { name: 'two', problems: [problem] }];

  const one = step('one', 1, async () => passed);
  const line = reportStep({ step: one, checks, notes: [], realMs: 1234 });

  expect(stripVTControlCharacters(line)).toMatch(/^ ✗ the one +1 passed, 1 failed +1\.2 s$/);
});

test('the end tells every problem once, what to do, and the counts alone in the last line', () => {
  const where = 'solutions/03-three-fetches/wrong/race.ts';
  const problems = [
    { where, found: 'It is red. '.repeat(12).trim(), advice: 'Mend it. '.repeat(12).trim() },
    { where, found: 'It is slow.', advice: 'Hurry.' },
  ];
  const checks = [...passed.checks, { name: 'wrong/race', problems }];

  const text = stripVTControlCharacters(reportEnd([{ checks, notes: ['Judged twice.'] }]));

  const lines = text.split('\n');
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
  expect(lines.filter((line) => line.includes(where))).toHaveLength(1);
  expect(text).toContain('     It is slow.\n     → Hurry.');
  expect(text).toContain(' Note: Judged twice.');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});
