import { expect, test } from 'vitest';
import { poolKata, refusalsOf } from '../fixtures/refusals-of.ts';

test.each([
  "import { request } from 'undici';",
  "import { once } from 'events';",
  "import { setTimeout as sleep } from 'node:timers/promises';",
  "import assert from 'assert/strict';",
  "import { AsyncResource } from 'node:async_hooks';",
  "import { randomUUID } from 'node:crypto';",
  "import given from './given.ts';",
  "import type { Readable } from 'node:stream';",
  "import { type Other } from './given.ts';",
  "const { request } = await import('undici');",
  "const name = 'undici'; await import(name);",
  "process.getBuiltinModule('node:events');",
  "new URL('given.ts', import.meta.url);",
  '// import fs from "node:fs";',
])('lets pass: %s', async (source) => {
  expect(await refusalsOf(source)).toEqual([]);
});

test.each([
  ["import fs from 'node:fs';", "does not need 'node:fs'"],
  ["import fs from 'fs';", "does not need 'fs'"],
  ["export { exec } from 'node:child_process';", "does not need 'node:child_process'"],
  ["export * from 'node:vm';", "does not need 'node:vm'"],
  ["import { createRequire } from 'node:module';", "does not need 'node:module'"],
  ["await import('node:worker_threads');", "does not need 'node:worker_threads'"],
  ["await import('node:' + 'fs');", "does not need 'node:fs'"],
  ["await import(['node', 'fs'].join(':'));", "does not need 'node:fs'"],
  ["const v = 'vi'; await import(`${v}test`);", "not import what tests it, got 'vitest'"],
  ["import { vi } from 'vitest';", "not import what tests it, got 'vitest'"],
  ["import { expect } from '#harness';", "not import what tests it, got '#harness'"],
  ["import { expect } from '@vitest/expect';", 'not import what tests it'],
  ["import './answer.spec.ts';", 'not import a spec'],
  ["import '../04-calling-is-starting/calling-is-starting.ts';", 'files of its own kata only'],
  ["import './../../solutions/03-three-fetches/answer.ts';", 'files of its own kata only'],
  ["import 'file:///etc/passwd';", 'does not need'],
  ["import 'data:text/javascript,process.exit()';", 'does not need'],
  ['await import(name);', 'names the modules that it imports'],
  ['await import(atob("dml0ZXN0"));', 'names the modules that it imports'],
  ["require('node:fs');", "does not need 'node:fs'"],
  ['require(name);', 'names the modules that it imports'],
  ["process.getBuiltinModule('node:fs');", "does not need 'node:fs'"],
  ['process.getBuiltinModule(name);', 'names the modules that it imports'],
  ["import.meta.resolve('vitest');", '`import.meta.resolve`'],
  ['const meta = import.meta;', 'another use of it'],
])('refuses: %s', async (source, reason) => {
  expect((await refusalsOf(source)).join('\n')).toContain(reason);
});

test.each([
  'await import(workerData)',
  'await import(process.argv[2]!)',
  'this.task = import(script.href)',
])('lets a kata that is handed a module import it: %s', async (source) => {
  expect(await refusalsOf(source, poolKata, 'child.ts')).toEqual([]);
});

test.each([
  "await import(['vi', name].join('test'))",
  'await import(name + "est")',
  'await import(make())',
])('refuses a name that is put together there too: %s', async (source) => {
  expect((await refusalsOf(source, poolKata)).join()).toContain(
    'names the modules that it imports',
  );
});

test.each([
  "import { setFlagsFromString } from 'node:v8';",
  "import v8 from 'node:v8'; v8.setFlagsFromString('--expose-gc');",
  'database.loadExtension(file);',
  "new DatabaseSync(':memory:', { allowExtension: true });",
  "import { setPriority } from 'node:os';",
  "import { createHook } from 'node:async_hooks';",
  "import hooks from 'node:async_hooks'; hooks.executionAsyncResource();",
  "import crypto from 'node:crypto'; crypto.setEngine('/tmp/engine.so');",
])('refuses what reaches further than the rest of a module: %s', async (source) => {
  expect((await refusalsOf(source, poolKata)).join()).toContain('An answer does not need');
});
