import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const module = new URL('close-doors.ts', import.meta.url).href;

/** What a process of its own prints for `expression`, behind doors that let through what `named` holds. */
function behindDoors(expression: string, named: readonly string[] = []): string {
  const program = `
    import { closeDoors } from '${module}';
    closeDoors((name) => ${JSON.stringify(named)}.includes(name));
    try { console.log(String(${expression})); } catch (error) { console.log(error.message); }
  `;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  }).trim();
}

test.for([
  'node:module',
  'inspector',
  'node:inspector/promises',
  'v8',
  'vm',
  'node:fs',
  'worker_threads',
])('gives no module that a kata does not name: %s', (name) => {
  expect(behindDoors(`process.getBuiltinModule('${name}')`)).toContain(
    'An answer may use the modules that its kata names.',
  );
});

test('gives what the kata names, and what is harmless', () => {
  expect(behindDoors("typeof process.getBuiltinModule('node:fs').openSync", ['fs'])).toBe(
    'function',
  );
  expect(behindDoors("typeof process.getBuiltinModule('node:stream/promises').pipeline")).toBe(
    'function',
  );
});

test.for([
  "process.binding('fs')",
  'process._getActiveHandles()',
  "process._linkedBinding('fs')",
  'process.execve()',
])('opens no way into Node: %s', (expression) => {
  expect(behindDoors(expression)).toContain('An answer does not need it.');
});

test('a door stays closed, whatever is done to it', () => {
  const expression =
    "[Reflect.deleteProperty(process, 'binding'), Reflect.defineProperty(process, 'binding', { value: 1 }), Reflect.set(process, 'getBuiltinModule', 1)]";

  expect(behindDoors(expression)).toBe('false,false,false');
});

test('is closed too for who imports it by name', () => {
  const expression = "(await import('node:process')).getBuiltinModule('fs')";

  expect(behindDoors(expression)).toContain('the modules that its kata names');
});

test('a name that changes while it is looked at opens nothing', () => {
  const name = "{ count: 0, toString() { return this.count++ ? 'fs' : 'url'; } }";

  expect(behindDoors(`process.getBuiltinModule(${name}).readFileSync`)).toBe('undefined');
});
