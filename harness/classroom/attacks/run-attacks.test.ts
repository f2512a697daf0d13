import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AnswerFiles } from '../grade-parts.ts';
import type { Grade } from '../grade-report.ts';
import { readClass } from '../intake/read-class.ts';
import { checkPolicy } from '../policy/check-policy.ts';
import { MadeCorpus } from './fixtures/made-corpus.ts';
import { fewestAttacks, runAttacks } from './run-attacks.ts';
import type { AttackResult } from './run-attack.ts';

type Verdict = Pick<
  Grade,
  'verdict' | 'tests' | 'reason' | 'passedTests' | 'allTests' | 'judgedMs'
>;

function ended(verdict: Grade['verdict'], reason: string | null = null): Verdict {
  return { verdict, reason, tests: [], passedTests: 0, allTests: 8, judgedMs: 1 };
}

/** Tries one attack on a judge that knows the honest answers, and lets `judge` judge the attack. */
async function tryOn(
  judge: (source: string) => Verdict | Promise<Verdict>,
  source = 'process.exit(0); // %PORT% %OUTSIDE% %TOKEN%',
): Promise<AttackResult> {
  using corpus = new MadeCorpus();
  corpus.write('exits-a', {}, { 'three-fetches.ts': source });
  const { results } = await runAttacks({
    directory: corpus.directory,
    patienceMs: 500,
    open: async () => ({
      readClass,
      checkPolicy,
      takeDesk: async () => ({
        judge: async (_kata, files) => {
          const text = sourceOf(files);
          if (text.startsWith('process')) return judge(text);
          return ended(text.includes('Promise.all(') ? 'pass' : 'fail');
        },
        [Symbol.dispose]() {},
      }),
      async [Symbol.asyncDispose]() {},
    }),
  });
  return results[0]!;
}

function sourceOf(files: AnswerFiles): string {
  return Buffer.from(files.get('three-fetches.ts') ?? '').toString();
}

test('an attack that all layers hold off leaves no problem', async () => {
  const result = await tryOn(() => ended('crashed'));

  expect(result).toEqual({
    name: 'exits-a',
    verdicts: { handedIn: 'refused', unchecked: 'crashed' },
    problems: [],
  });
});

test('tells an attack that passed, and one that gained a test', async () => {
  const test = { name: 'is quick', verdict: 'pass', failure: null, spans: [] } as const;
  const gained = { ...test, virtual: false, virtualMs: 0 };

  const passed = await tryOn(() => ended('pass'));
  const some = await tryOn(() => ({ ...ended('fail'), passedTests: 1, tests: [gained] }));

  expect(passed.problems).toContain('It passed.');
  expect(some.problems).toContain('It gained the test "is quick".');
});

test('tells what was changed, reached or left running outside, and what a report gave away', async () => {
  const { problems } = await tryOn(async (source) => {
    const [, port, outside, token] = /\/\/ (\d+) (\S+) (\S+)/.exec(source)!;
    appendFileSync(path.join(outside!, 'marker.txt'), 'changed');
    const socket = connect(Number(port), '127.0.0.1');
    const [secret] = (await once(socket, 'data')) as [Buffer];
    // It ends by itself, after the attack's processes were looked for.
    const left = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60_000)', token!]);
    onTestFinished(() => void left.kill());
    return ended('crashed', String(secret));
  });

  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^The secret stands in the report report\.json/),
      expect.stringMatching(/^A process of it still runs: /),
      expect.stringMatching(/outside-\w+ is not as it was\.$/),
      'It reached a server outside.',
    ]),
  );
});

test('tells an attack after which the grader judges otherwise, or fails', async () => {
  let judged = 0;
  const fails = await tryOn(() => {
    judged += 1;
    throw new Error('It fell over.');
  });

  expect(judged).toBe(1);
  expect(fails.problems).toEqual(['The grader failed: It fell over.']);
});

test('a corpus of fewer attacks, or without a group, has a problem', async () => {
  using corpus = new MadeCorpus();

  const { problems } = await runAttacks({ directory: corpus.directory });

  expect(problems[0]).toBe(`Expected at least ${fewestAttacks} attacks, got 0.`);
  expect(problems).toContain('Expected an attack of the group "reach", got none.');
});

test('the corpus is whole', async () => {
  const { problems, results } = await runAttacks({ only: 'no such attack' });

  expect({ problems, results }).toEqual({ problems: [], results: [] });
});
