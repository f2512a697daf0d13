import { expect, test } from 'vitest';
import { refusalsOf } from '../fixtures/refusals-of.ts';

test.each([
  'class A { constructor(readonly?: number) {} }',
  'class A extends B { constructor() { super(); } }',
  'console.log(error.constructor.name);',
  'if (error.constructor === TypeError) f();',
  'class A { static limit = 1; #own = this.constructor.limit; }',
  "const words = ['constructor', 'prototype'];",
  "const counts = new Map([['constructor', 1]]); counts.get('constructor');",
])('lets pass: %s', async (source) => {
  expect(await refusalsOf(source)).toEqual([]);
});

test.each([
  "f.constructor('return process')();",
  "new f.constructor('return process')();",
  "f['constructor']('return process')();",
  "f['con' + 'structor']('return process')();",
  "f[`constr${'uctor'}`]('return process')();",
  "const key = 'constructor'; f[key]('return process')();",
  "f?.constructor?.('return process')?.();",
  "(async () => {}).constructor('return process')();",
  "(function* () {}).constructor('return process')();",
  "Object.getPrototypeOf(async () => {}).constructor('return process')();",
  "f.constructor.constructor('return process')();",
  "''.constructor.constructor('return process')();",
  "f.constructor.call(null, 'return process')();",
  'const F = f.constructor;',
  'const { constructor: F } = f;',
  "const { ['constructor']: F } = f;",
  '({ constructor: F } = f);',
  'function g({ constructor }) {}',
  "Reflect.get(f, 'constructor');",
  "Reflect.construct(f.constructor, ['']);",
  "Object.getOwnPropertyDescriptor(p, 'constructor').value;",
  'Promise.resolve().constructor.all = f;',
  'class A { m() { this.constructor.all = f; } }',
  'class A { m() { return new this.constructor(text); } }',
])('refuses: %s', async (source) => {
  expect((await refusalsOf(source)).join()).toContain('may not take the `constructor` of a value');
});
