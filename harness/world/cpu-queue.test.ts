import { execFileSync, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { realDelay } from '../trace/real-time.ts';
import { CpuQueue } from './cpu-queue.ts';

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

/** How many of so many looks told that somebody was kept waiting. */
async function countWaits(looks: number): Promise<number> {
  const queue = new CpuQueue();
  let waits = 0;
  for (let look = 0; look < looks; look += 1) {
    if (queue.keepsWaiting()) waits += 1;
    await realDelay(1);
  }
  return waits;
}

test('a child that sleeps is not kept waiting', async () => {
  await startChild('setInterval(() => {}, 60_000)', ['-n', '0']);

  // Its threads may still tidy up after the start.
  expect(await countWaits(200)).toBeLessThan(100);
});

test.runIf(onLinux)('a child that wants a CPU and gets none is kept waiting', async () => {
  await startChild(busyLoop, ['-n', '19']);
  for (let index = 0; index < availableParallelism() * 4; index += 1) startStranger();

  expect(await countWaits(200)).toBeGreaterThan(60);
});
