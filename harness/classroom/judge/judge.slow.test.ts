import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readAnswerFiles } from '../../catalog/answers.ts';
import { readKata } from '../../catalog/kata.ts';
import { catalogFolders } from '../../catalog/lint-catalog.ts';
import { subjectsOf } from '../../catalog/subject.ts';
import { projectRoot } from '../../trace/source-location.ts';
import { answer, kata, rightAfter, whenCalled } from './fixtures/answers.ts';
import { Judge } from './judge.ts';
import type { AnswerGrade } from './judge.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const hasSandbox = spawnSync('bwrap', ['--version']).status === 0;
if (!hasSandbox) console.warn('bubblewrap is not there: the tests of the sandbox are left out.');
// Where all is checked, a missing sandbox is no excuse.
const sandboxed = test.skipIf(!hasSandbox && process.env['CI'] !== 'true');

/** A kata whose answer may start programs. */
const parent = readKata('01-blocking-or-suspending');

let judge: Judge;

beforeAll(async () => {
  if (hasSandbox || process.env['CI'] === 'true') judge = await Judge.open();
});
afterAll(() => judge?.close());

function grade(files: Map<string, Uint8Array>): Promise<AnswerGrade> {
  return judge.judge(kata, files);
}

sandboxed('gives a right answer all its tests, and says with which seed', async () => {
  const { verdict, passedTests, allTests, seed } = await judge.judge(kata, rightAfter(''), {
    seed: 7,
  });

  expect({ verdict, passedTests, allTests, seed }).toEqual({
    verdict: 'pass',
    passedTests: 8,
    allTests: 8,
    seed: '7',
  });
});

sandboxed(
  'what another answer of the student left in the process makes no answer red',
  async () => {
    using desk = await judge.takeDesk();
    const leaving = '(globalThis as any).left = true;';
    const breaking = "if ((globalThis as any).left) throw new Error('Somebody was here.');";

    const verdicts: string[] = [];
    for (const code of [leaving, breaking]) {
      const { verdict } = await desk.judge(kata, rightAfter(code));
      verdicts.push(verdict);
    }

    expect(verdicts).toEqual(['pass', 'pass']);
  },
);

sandboxed('names the line of a wrong answer without the place where it was judged', async () => {
  const grown = await grade(whenCalled('\nnull!.x;'));

  expect(grown).toMatchObject({ verdict: 'fail', passedTests: 1 });
  const red = grown.tests.find(({ failure }) => failure !== null)!;
  expect(red.failure?.location).toEqual({ file: `${kata.id}/three-fetches.ts`, line: 2 });
});

sandboxed.for<[string, RegExp]>([
  // A thread that never answers is left behind.
  ['logs-uncaught', /^Still waiting for /],
  // Loads a file that is given with the kata by its address, and holds the loop: the line is found by wrapping functions of Node.
  ['inline', /held the event loop/],
])(
  'a wrong answer fails the tests that it fails outside of the sandbox: %s',
  async ([name, told]) => {
    const pool = readKata('24-worker-pool');
    const wrong = subjectsOf(pool, catalogFolders).find((subject) => subject.name === name)!;
    const files = readAnswerFiles(pool, { path: wrong.submission! });

    const { verdict, reason, tests } = await judge.judge(pool, files);

    expect({ verdict, reason }).toEqual({ verdict: 'fail', reason: null });
    const red = tests.filter((one) => one.verdict === 'fail');
    expect(red.map((one) => one.name).toSorted()).toEqual(wrong.fails.toSorted());
    expect(red[0]!.failure?.message).toMatch(told);
  },
);

sandboxed.for<[string, string]>([
  ['Array.prototype.every = () => true;', 'Array.prototype.every'],
  [
    'const t = Promise.prototype.then; Promise.prototype.then = function (...a) { return t.apply(this, a); };',
    'Promise.prototype.then',
  ],
  ['performance.now = () => 0;', 'performance.now'],
  ['globalThis.setTimeout = ((f: any) => f()) as any;', 'globalThis.setTimeout'],
])('an answer that changes a built-in is tampered with: %s', async ([code, name]) => {
  const { verdict, reason, passedTests } = await grade(rightAfter(code));

  expect({ verdict, reason, passedTests }).toEqual({
    verdict: 'tampered',
    reason: `It changed ${name}.`,
    passedTests: 0,
  });
});

sandboxed.for<[string, string]>([
  ['Object.prototype.toJSON = () => 1;', 'object is not extensible'],
  ['Object.setPrototypeOf(Map.prototype, {});', 'is not extensible'],
])('an answer gives no built-in a property or a prototype: %s', async ([code, told]) => {
  const { verdict, passedTests, tests } = await grade(rightAfter(code));

  expect({ verdict, passedTests }).toEqual({ verdict: 'fail', passedTests: 0 });
  expect(tests[0]?.failure?.message).toContain(told);
});

sandboxed('an answer may give names to its errors, and lengthen stacks', async () => {
  const { verdict } = await grade(
    rightAfter(
      'class LostError extends Error { constructor() { super(); this.name = "LostError"; this.toString = () => ""; } }\nnew LostError(); Error.stackTraceLimit = 50; (globalThis as any).mine = 1;',
    ),
  );

  expect(verdict).toBe('pass');
});

sandboxed('results that the answer reports itself are none', async () => {
  const forged = `const { send } = (globalThis as any)['pro' + 'cess'];`;
  const { verdict, passedTests } = await grade(
    answer(
      `${forged} send.call((globalThis as any)['pro' + 'cess'], { t: 'q', m: 'transform', i: 'x', a: ['${projectRoot}/solutions/03-three-fetches/three-fetches.ts'] });\nexport const fetchAll = () => [];`,
    ),
  );

  expect({ verdict, passedTests }).toEqual({ verdict: 'tampered', passedTests: 0 });
});

sandboxed.for<[string, string]>([
  ['crashed', "(globalThis as any)['pro' + 'cess'].exit(0);"],
  ['crashed', "(globalThis as any)['pro' + 'cess'].reallyExit(0);"],
  [
    'crashed',
    "(globalThis as any)['pro' + 'cess'].kill((globalThis as any)['pro' + 'cess'].pid, 'SIGKILL');",
  ],
  ['timeout', 'for (;;);'],
  ['memory', 'const kept = []; for (;;) kept.push(new Array(1e5).fill(urls));'],
  [
    'memory',
    'const kept = []; for (;;) { kept.push(Buffer.alloc(5e7, 1)); await new Promise((go) => setImmediate(go)); }',
  ],
])('is %s: %s', async ([verdict, body]) => {
  expect(await grade(whenCalled(body))).toMatchObject({ verdict, passedTests: 0 });
});

sandboxed('nothing of the host can be seen inside, and nothing outlives the answer', async () => {
  const program = `
    const fs = require('node:fs');
    const at = '${projectRoot}/';
    require('node:child_process').spawn('sleep', ['4711'], { detached: true, stdio: 'ignore' }).unref();
    const seen = ['solutions', '.git', '.kata/compile-cache', '.kata/classroom/manifests', '../shared'].filter((name) => fs.existsSync(at + name));
    let written = ''; try { fs.writeFileSync(at + 'katas/x', ''); written = 'katas'; } catch {}
    const answers = fs.readdirSync(at + '.kata/classroom/' + fs.readdirSync(at + '.kata/classroom')[0]).length;
    const told = Object.keys(process.env).filter((name) => !/VITEST|NODE|KATA|^(TEST|DEV|PROD|MODE|SSR|BASE_URL|PATH|HOME|LANG|PWD)/.test(name));
    console.log(JSON.stringify({ seen, written, answers, told }));
  `;
  const source = `
    import { execFileSync } from 'node:child_process';
    const told = execFileSync(process.execPath, ['--eval', ${JSON.stringify(program)}], { encoding: 'utf8' });
    export const fetchData = async () => { throw new Error(told.trim()); };`;
  const { tests } = await judge.judge(parent, new Map([[parent.files[0]!, Buffer.from(source)]]));

  expect(tests[2]!.failure?.message).toContain('{"seen":[],"written":"","answers":1,"told":[]}');
  await vi.waitFor(() => expect(sleepers()).toEqual([]), { timeout: 60_000 });
});

sandboxed('the memory of the process that judges is open to nobody inside', async () => {
  const program = `
    try { require('node:fs').openSync('/proc/' + process.ppid + '/mem', 'r'); console.log('open'); }
    catch (error) { console.log(error.code); }`;
  const source = `
    import { execFileSync } from 'node:child_process';
    const told = execFileSync(process.execPath, ['--eval', ${JSON.stringify(program)}], { encoding: 'utf8' });
    export const fetchData = async () => { throw new Error(told.trim()); };`;
  const { tests } = await judge.judge(parent, new Map([[parent.files[0]!, Buffer.from(source)]]));

  expect(tests[2]!.failure?.message).toContain('EACCES');
});

test('a judge without a sandbox says so beforehand', async () => {
  vi.stubEnv('PATH', '/nowhere');
  try {
    await expect(Judge.open()).rejects.toMatchObject({ name: 'SandboxError', layer: 'bubblewrap' });
  } finally {
    vi.unstubAllEnvs();
  }
});

function sleepers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(path.join('/proc', pid, 'cmdline'), 'utf8').includes('\u00004711');
    } catch {
      return false;
    }
  });
}
