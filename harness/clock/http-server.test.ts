import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('an open HTTP server does not count the days that a clock jumps over', () => {
  // In a process of its own: here node:http was loaded long before the trampolines.
  const output = execFileSync(
    process.execPath,
    [fileURLToPath(new URL('fixtures/forty-days.ts', import.meta.url))],
    { encoding: 'utf8' },
  );

  expect(output).toBe('3456000000\n');
});
