import { expect, test } from 'vitest';
import { readSolutionFiles } from '../../catalog/answers.ts';
import { readKata } from '../../catalog/kata.ts';
import { leavesNothing } from './leaves-nothing.ts';

const isPure = (source: string): Promise<boolean> =>
  leavesNothing(new Map([['answer.ts', Buffer.from(source)]]));

test.each([
  '02-loop-order',
  '05-event-loop',
  '07-gather',
  '10-task-group',
  '13-check-then-act',
  '15-async-iterators',
  '17-dashboard',
  '26-heavy-jobs',
])('the solution of %s leaves nothing', async (id) => {
  expect(await leavesNothing(readSolutionFiles(readKata(id)))).toBe(true);
});

test.each(['03-three-fetches', '14-backpressure', '16-never-block-a-handler', '24-worker-pool'])(
  'the solution of %s could leave something',
  async (id) => {
    expect(await leavesNothing(readSolutionFiles(readKata(id)))).toBe(false);
  },
);

test.each([
  "import { once } from 'node:events'; export const a = (label: string) => { for (const one of label) once; };",
  "import { setTimeout as sleep } from 'timers/promises'; export { sleep };",
  'const fetch = (process: number) => ({ navigator: process }); export const b = fetch(1).navigator;',
  'const timeout = setTimeout(() => {}, 5); clearTimeout(timeout);',
  'export function c() { return arguments.length + (undefined ?? NaN); }',
  "import fastify from 'fastify'; import { jobs } from './jobs.ts'; export const app = fastify(); jobs;",
  'process.nextTick(() => {}); process?.["hrtime"]();',
  'AbortSignal.timeout(5);',
])('nothing lasting is named in %s', async (source) => {
  expect(await isPure(source)).toBe(true);
});

test.each([
  "import { request } from 'undici';",
  "export { Agent } from 'node:http';",
  "export * from '../another/answer.ts';",
  "const { request } = await import('node:http');",
  'await fetch("http://127.0.0.1");',
  'void navigator.locks.request("a", () => new Promise(() => {}));',
  'globalThis.left = 1;',
  'localStorage.setItem("left", "1");',
  "import events from 'node:events'; events.setMaxListeners(1);",
  "import { setMaxListeners } from 'node:events';",
  'process.exitCode = 1;',
  'process.on("SIGTERM", () => {});',
  'const { nextTick } = process; nextTick(() => {});',
  'const key = Math.random() > 2 ? "pid" : "on"; void process[key];',
  'setTimeout(() => {}, 9).unref();',
  'setTimeout(() => {}, 9)["unref"]();',
  "import { setDefaultHighWaterMark } from 'node:stream';",
  "import fastify from 'fastify'; const app = fastify(); await app.listen(); app.server.unref();",
  'import.meta.url;',
  'const ((( = 1;',
])('%s could leave something', async (source) => {
  expect(await isPure(source)).toBe(false);
});

test.each([
  ['nested so deeply that it fills the stack', `${'['.repeat(50_000)}${']'.repeat(50_000)};`],
  ['a chain that fills the stack', `export const a = 1${' + 1'.repeat(45_000)};`],
  ['longer than an answer may be', `// ${'a'.repeat(200_000)}`],
])('what is %s could leave something, and ends nothing', async (_what, source) => {
  expect(await isPure(source)).toBe(false);
});

test('one file of an answer is enough to leave something', async () => {
  const files = new Map([
    ['answer.ts', Buffer.from('export const a = 1;')],
    ['worker.ts', Buffer.from("import 'undici';")],
  ]);

  expect(await leavesNothing(files)).toBe(false);
});
