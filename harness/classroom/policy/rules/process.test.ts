import { expect, test } from 'vitest';
import { plainKata, poolKata, refusalsOf } from '../fixtures/refusals-of.ts';

const processKata = { ...plainKata, modules: ['node:process', 'node:events'] };

test.each([
  'process.nextTick(f);',
  'const id = `${process.pid}-1`;',
  'const began = process.hrtime.bigint();',
  "process?.['nextTick'](f);",
  'const { nextTick, hrtime } = process;',
  "process.on('unhandledRejection', f);",
  "process.once('SIGTERM', () => void stop());",
  "import { nextTick } from 'node:process'; nextTick(f);",
  "import process from 'node:process'; process.nextTick(f);",
  "import * as p from 'node:process'; p.nextTick(f);",
  "import { once } from 'node:events'; await once(process, 'SIGTERM');",
  "if (typeof process === 'undefined') f();",
  "process.stdout.write('text');",
  "app.post('/process', f); const job = { process: 1 }; job.process += 1;",
  'function run(process: Task) { process.exit(); }',
  '{ const process = new Task(); process.exit(); }',
])('lets pass: %s', async (source) => {
  expect(await refusalsOf(source, processKata)).toEqual([]);
});

test('lets an answer that starts processes end them by their number', async () => {
  expect(await refusalsOf("process.kill(child.pid, 'SIGKILL');", poolKata)).toEqual([]);
});

const members = [
  'exit',
  'reallyExit',
  'kill',
  'abort',
  'binding',
  'dlopen',
  'env',
  'argv',
  'send',
  'mainModule',
  'emit',
  'listeners',
  'removeAllListeners',
];

test.each(members)('refuses process.%s', async (member) => {
  expect(await refusalsOf(`process.${member}`)).toEqual([
    `1: This kata does not need \`process.${member}\`: an answer does without it.`,
  ]);
});

test.each([
  "process['exit'](0);",
  "process['ex' + 'it'](0);",
  "const key = 'exit'; process[key]();",
  'process?.exit?.();',
  'globalThis.process.exit(0);',
  'global.globalThis.process.exit(0);',
  'const { exit } = process;',
  'const { exit: leave = f } = process;',
  '({ exit: this.leave } = process);',
  "import { exit } from 'node:process';",
  "export { exit } from 'node:process';",
  "import p from 'node:process'; p.exit();",
  "import * as p from 'process'; p.default.exit();",
  "(await import('node:process')).exit();",
  "process.getBuiltinModule('node:process').exit();",
  'function f(a = process.exit()) { var process; }',
])('refuses exit by another way: %s', async (source) => {
  expect((await refusalsOf(source, processKata)).join()).toContain('`process.exit`');
});

test.each([
  'const p = process;',
  'let p; p = process;',
  'f(process);',
  'const all = { ...process };',
  'const all = { process };',
  'const { ...all } = process;',
  'const { on } = process;',
  '(0, process).exit();',
  '(a ? process : b).exit();',
  'function f(p = process) {}',
  "import process from 'node:process'; export { process };",
  'export default process;',
  'Reflect.get(process, key);',
  'process.on.call(process, event, f);',
  "export * from 'node:process';",
  "import { on } from 'node:process';",
])('refuses process under another name: %s', async (source) => {
  expect((await refusalsOf(source, processKata)).join()).toContain(
    'may not be kept, passed on or renamed',
  );
});

test('refuses a member whose name is made while the program runs', async () => {
  expect((await refusalsOf('process[name]();')).join()).toContain('names the member of `process`');
});

test.each(["process.on('exit', f)", "process.once('beforeExit', f)", "process.on('message', f)"])(
  'refuses an event that the judge hears: %s',
  async (source) => {
    expect((await refusalsOf(source)).join()).toContain('does not need the event');
  },
);

test('lets a child program talk to its parent and end, not so the file that is judged', async () => {
  const source = "process.on('message', () => process.send!(1)); process.exit();";

  expect(await refusalsOf(source, poolKata, 'child.ts')).toEqual([]);
  expect(await refusalsOf(source, poolKata, 'answer.ts')).toHaveLength(3);
});

test('refuses to ask whether it is judged where the environment may be passed on', async () => {
  expect(await refusalsOf('fork(file, { env: process.env });', poolKata)).toEqual([]);
  expect(await refusalsOf('if (process.env.VITEST) cheat();', poolKata)).toHaveLength(1);
});
