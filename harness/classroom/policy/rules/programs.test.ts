import { expect, test } from 'vitest';
import { poolKata, refusalsOf } from '../fixtures/refusals-of.ts';

const imports = "import { Worker } from 'node:worker_threads';\n";

test('lets a thread run a program that does what a file may do', async () => {
  const source = `${imports}const program = \`
    const { parentPort } = require('node:worker_threads');
    parentPort.postMessage(1);
  \`;
  new Worker(program, { eval: true });`;

  expect(await refusalsOf(source, poolKata)).toEqual([]);
});

test('tells the line of the file for what is wrong inside of the program', async () => {
  const source = `${imports}const program = \`
    const { parentPort } = require('node:worker_threads');
    require('node:fs');
  \`;
  new Worker(program, { eval: true });`;

  expect(await refusalsOf(source, poolKata)).toEqual([expect.stringMatching(/^4: .*'node:fs'/)]);
});

test.each([
  ["new Worker('process.abort()', { eval: true });", '`process.abort`'],
  ["const options = { eval: true }; new Worker('eval(1)', options);", '`eval`'],
  ["new Worker(name + 'x', { eval: true });", 'stand in the source as a whole'],
  ["spawn('node', ['-e', 'process.abort()']);", '`process.abort`'],
  ["spawn('node', ['--eval', make()]);", 'stand in the source as a whole'],
  ["fork(file, [], { execArgv: ['--import', 'data:,'] });", "Node's option --import"],
  ["fork(file, [], { execArgv: ['--inspect=0'] });", "Node's option --inspect=0"],
])('refuses: %s', async (source, reason) => {
  expect((await refusalsOf(imports + source, poolKata)).join()).toContain(reason);
});

test('lets a program of its own end and talk', async () => {
  const source = "spawn(process.execPath, ['-e', 'process.exit(3)']);";

  expect(await refusalsOf(source, poolKata)).toEqual([]);
});

test('refuses programs in programs without end', async () => {
  let program = "require('node:child_process').spawn('node', ['-e', '1'])";
  for (let depth = 0; depth < 4; depth += 1) {
    program = `require('node:child_process').spawn('node', ['-e', ${JSON.stringify(program)}])`;
  }

  expect((await refusalsOf(program, poolKata, 'child.ts')).join()).toContain(
    'program in a program',
  );
});
