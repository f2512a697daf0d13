import { expect, test } from 'vitest';
import { poolKata, refusalsOf } from '../fixtures/refusals-of.ts';

test.each([
  'if (f instanceof Function) f();',
  "if (typeof globalThis.gc === 'function') globalThis.gc();",
  'const keys = Reflect.ownKeys(value);',
  'new Proxy(value, { get: (target, key) => Reflect.get(target, key) });',
  'Function.prototype.call.bind(f);',
  'const evaluate = (eval_: number) => eval_;',
  'const handlers: Function[] = [];',
  "globalThis.setTimeout(f, 10); globalThis['fetch'](url);",
  'const module = { exports: 1 }; use(module);',
  'interface Eval { eval: string } const a = { eval: 1 }; a.eval;',
])('lets pass: %s', async (source) => {
  expect(await refusalsOf(source)).toEqual([]);
});

test.each([
  ["eval('1');", '`eval`'],
  ["(0, eval)('1');", '`eval`'],
  ["globalThis.eval('1');", '`eval`'],
  ['const e = eval;', '`eval`'],
  ["new Function('return 1');", '`Function`'],
  ["Function('return 1')();", '`Function`'],
  ['const F = Function;', '`Function`'],
  ["globalThis['Function']('return 1');", '`Function`'],
  ['class F extends Function {}', '`Function`'],
  ['const g = globalThis;', '`globalThis` may not be kept'],
  ['globalThis[name];', '`globalThis` may not be kept'],
  ["globalThis[Symbol.for('$$jest-matchers-object')];", '`globalThis` may not be kept'],
  ['const { process } = globalThis;', '`globalThis` may not be kept'],
  ['Object.keys(global);', '`globalThis` may not be kept'],
  ['const R = Reflect;', 'uses `Reflect` as'],
  ['globalThis.__vitest_worker__.rpc;', 'what tests it'],
  ['__vitest_index__;', 'what tests it'],
  ['const load = require;', 'uses `require` to name'],
  ["require.resolve('vitest');", 'uses `require` to name'],
])('refuses: %s', async (source, reason) => {
  expect((await refusalsOf(source)).join()).toContain(reason);
});

test('refuses `with` where a program is not strict', async () => {
  const source = "spawn('node', ['-e', 'with (process) exit()']);";

  expect((await refusalsOf(source, poolKata)).join()).toContain('may not use `with`');
});
