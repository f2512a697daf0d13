import { expect, test } from 'vitest';
import { poolKata, refusalsOf } from '../fixtures/refusals-of.ts';

test.each([
  "throw Object.assign(new Error('late'), { name: 'TimeoutError' });",
  "Object.defineProperty(promise, 'status', { get: () => status });",
  'class E extends Error { constructor() { super(); this.name = "E"; } }',
  'Object.setPrototypeOf(Own.prototype, EventEmitter.prototype);',
  'class Own {} Own.prototype.then = f; Object.assign(Own.prototype, mixin);',
  'Object.prototype.hasOwnProperty.call(value, key);',
  'if (Object.getPrototypeOf(value) === Object.prototype) f();',
  'const map = Object.create(null); map[key] = 1; delete map[key];',
  'const Promise = Own; Promise.all = f;',
  'const { performance } = given; performance.now = f;',
  "import { EventEmitter } from 'node:events'; EventEmitter.defaultMaxListeners = 50;",
  '(Symbol as any).asyncDispose ??= Symbol();',
  'globalThis.myCounter = 1;',
  'const { hasOwnProperty } = Object.prototype;',
  'let timer = setTimeout(f, 1); timer = null; timer.x = 1;',
  'let tail = undefined; tail = { value }; tail.next = node;',
  'const job = found ? undefined : NaN; job.done = true; Object.assign(job, more);',
])('lets pass: %s', async (source) => {
  expect(await refusalsOf(source)).toEqual([]);
});

test.each([
  ['Array.prototype.every = f;', '`Array.prototype.every`'],
  ['Promise.prototype.then = f;', '`Promise.prototype.then`'],
  ['Map.prototype[name] = f;', '`Map.prototype.…`'],
  ["Map.prototype['g' + 'et'] = f;", '`Map.prototype.get`'],
  ['JSON.stringify = f;', '`JSON.stringify`'],
  ['Object.prototype.toString = f;', '`Object.prototype.toString`'],
  ['performance.now = f;', '`performance.now`'],
  ["import { performance } from 'node:perf_hooks'; performance.now = f;", '`performance.now`'],
  ['Date.now = f;', '`Date.now`'],
  ['console.log = f;', '`console.log`'],
  ['process.stdout.write = f;', '`process.stdout.write`'],
  ['process.hrtime = f;', '`process.hrtime`'],
  ['process.exitCode = 0;', '`process.exitCode`'],
  ['setTimeout = f;', '`setTimeout`'],
  ['globalThis.setTimeout = f;', '`setTimeout`'],
  ['globalThis[name] = f;', '`…`'],
  ['delete globalThis.fetch;', '`fetch`'],
  ['Error.stackTraceLimit++;', '`Error.stackTraceLimit`'],
  ['[Promise.all] = [f];', '`Promise.all`'],
  ['({ all: Promise.all } = mine);', '`Promise.all`'],
  ['for (Promise.all of [f]);', '`Promise.all`'],
  ['const P = Promise; P.all = f;', '`Promise.all`'],
  ['let P; P = Promise; P.all = f;', '`Promise.all`'],
  ['const { Promise: P } = globalThis; P.all = f;', '`Promise.all`'],
  ['(a ? Promise : b).all = f;', '`Promise.all`'],
  ['[].__proto__.every = f;', '`a prototype.every`'],
  ['[]["__proto__"].every = f;', '`a prototype.every`'],
  ['Object.getPrototypeOf([]).every = f;', '`a prototype.every`'],
  ['const p = Object.getPrototypeOf([]); p.every = f;', '`a prototype.every`'],
  ["Object.defineProperty(Promise, 'all', { value: f });", '`Promise`'],
  ["Object.defineProperty(Array.prototype, 'every', { value: f });", '`Array.prototype`'],
  ["Object['define' + 'Property'](Promise, 'all', { value: f });", '`Promise`'],
  ["const define = Object.defineProperty; define(Promise, 'all', d);", '`Promise`'],
  ["const { defineProperty } = Object; defineProperty(Promise, 'all', d);", '`Promise`'],
  ["Object.defineProperty.call(null, Promise, 'all', d);", '`Promise`'],
  ["Object.defineProperty.apply(null, [Promise, 'all', d]);", '`Promise`'],
  ['Object.assign(globalThis, { fetch: f });', '`globalThis`'],
  ['Object.assign(console, { log: f });', '`console`'],
  ['Object.setPrototypeOf(Promise, f);', '`Promise`'],
  ['Object.freeze(Promise);', '`Promise`'],
  ["Reflect.set(Promise, 'all', f);", '`Promise`'],
  ["Reflect.defineProperty(Object.getPrototypeOf([]), 'every', d);", '`a prototype`'],
  ["Promise.__defineGetter__('all', f);", '`Promise`'],
  ["import events from 'node:events'; events.once = f;", '`node:events.once`'],
  [
    "import { EventEmitter } from 'node:events'; EventEmitter.prototype.emit = f;",
    '`node:events.EventEmitter.prototype.emit`',
  ],
])('refuses: %s', async (source, name) => {
  const found = (await refusalsOf(source)).filter((reason) =>
    reason.includes('change what belongs to Node'),
  );

  expect(found.join()).toContain(name);
});

test.each([
  'const P = Promise.prototype;',
  'f(Array.prototype);',
  'const { prototype } = Array;',
  'const { prototype: P } = Map;',
  'Object.freeze(Array.prototype);',
  'export default Promise.prototype;',
])('refuses a prototype that goes elsewhere: %s', async (source) => {
  expect((await refusalsOf(source)).join()).toMatch(/the prototype of what belongs to Node/);
});

test.each([
  'Error.prepareStackTrace = f;',
  "Error['prepareStackTrace'] = f;",
  'const { prepareStackTrace } = Error;',
  'Error.prepareStackTrace?.(error, []);',
])('refuses to look at where a program stands: %s', async (source) => {
  expect((await refusalsOf(source)).join()).toContain('Error.prepareStackTrace');
});

test('lets a thread write to what it was handed', async () => {
  const source = `import { parentPort, workerData } from 'node:worker_threads';
    parentPort!.onmessage = f;
    workerData.count += 1;`;

  expect(await refusalsOf(source, poolKata)).toEqual([]);
});
