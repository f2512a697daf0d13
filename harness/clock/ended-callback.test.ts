import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = path.join(import.meta.dirname, 'fixtures', 'endless-callback.ts');

test('a callback that the watchdog ended ends its run, and the next clock works', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program]);

  const { ends, virtualMs } = JSON.parse(stdout);
  expect(ends).toContain('EndedTimerError');
  expect(virtualMs).toBe(50);
}, 60_000);
