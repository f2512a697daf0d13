import { execFileSync, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { realDelay } from '../trace/real-time.ts';
import { CpuQueue } from './cpu-queue.ts';
import type { CpuUse } from './cpu-queue.ts';

const onLinux = process.platform === 'linux';
/** Ends by itself, should the test be killed. */
const busyLoop = 'const end = Date.now() + 30_000; while (Date.now() < end);';

/** A child process, once it says that it runs. */
async function startChild(program: string, words: readonly string[] = []): Promise<void> {
  const child = spawn('nice', [...words, process.execPath, '-e', `console.log('up'); ${program}`]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => {
    child.stdout.once('data', resolve);
  });
}

/** A busy process that is no descendant of this one. */
function startStranger(): void {
  const script = `"${process.execPath}" -e '${busyLoop}' > /dev/null 2>&1 & echo $!`;
  const pid = Number(execFileSync('sh', ['-c', script], { encoding: 'utf8' }));
  onTestFinished(() => void process.kill(pid, 'SIGKILL'));
}

/** How many of so many looks told `use`. */
async function count(use: CpuUse, looks: number): Promise<number> {
  const queue = new CpuQueue();
  let found = 0;
  for (let look = 0; look < looks; look += 1) {
    await realDelay(5);
    if (queue.look() === use) found += 1;
  }
  return found;
}

test('a child that sleeps is not kept waiting', async () => {
  await startChild('setInterval(() => {}, 60_000)', ['-n', '0']);

  // Its threads may still tidy up after the start.
  expect(await count('waited', 100)).toBeLessThan(50);
});

test.runIf(onLinux)('a child that wants a CPU and gets none is kept waiting', async () => {
  await startChild(busyLoop, ['-n', '19']);
  for (let index = 0; index < availableParallelism() * 4; index += 1) startStranger();

  expect(await count('waited', 100)).toBeGreaterThan(30);
});

test.runIf(onLinux)('a child that works is not idle', async () => {
  await startChild(busyLoop, ['-n', '0']);

  expect(await count('idle', 100)).toBeLessThan(10);
});

test.runIf(onLinux)('a child that sleeps is idle, once it has started', async () => {
  await startChild('setInterval(() => {}, 60_000)', ['-n', '0']);
  await count('idle', 100);

  expect(await count('idle', 100)).toBeGreaterThan(30);
});

test.runIf(onLinux)('what looking costs is no work of others', async () => {
  await count('idle', 100);

  expect(await count('idle', 600)).toBeGreaterThan(540);
});
