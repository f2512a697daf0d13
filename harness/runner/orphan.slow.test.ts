import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const program = fileURLToPath(new URL('../cli/main.js', import.meta.url));

/** An answer that writes down its process, and holds it busy with turns of the loop for ever. */
const answer = `
import { writeFileSync } from 'node:fs';
export function fetchAll() {
  writeFileSync(process.env.KATA_TEST_PID_FILE, String(process.pid));
  return new Promise(() => { setImmediate(function again() { setImmediate(again); }); });
}
`;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a test process ends when the one that started it was killed', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'orphan-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [file, pidFile] = [path.join(directory, 'answer.ts'), path.join(directory, 'pid')];
  writeFileSync(file, answer);

  const parent = spawn(process.execPath, [program, 'test', '03'], {
    env: { ...process.env, KATAS_FROM: file, KATA_TEST_PID_FILE: pidFile },
    stdio: 'ignore',
  });
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  parent.kill('SIGKILL');

  // Hangs, and so fails, where the process runs on.
  await until(() => !isAlive(pid));
  expect(isAlive(pid)).toBe(false);
});
