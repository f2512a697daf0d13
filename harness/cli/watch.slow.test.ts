import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';

const program = fileURLToPath(new URL('main.js', import.meta.url));
const answer = path.join('03-three-fetches', 'three-fetches.ts');

/** The watch command on a learner's folder of its own, with everything that it has printed. */
function startWatch(folder: string) {
  const child = spawn(process.execPath, [program, 'watch', '03'], {
    env: { ...process.env, NO_COLOR: '1', KATAS_FROM: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    child.emit('printed');
  });
  const saw = async (text: string): Promise<void> => {
    while (!printed.includes(text)) await once(child, 'printed');
  };
  return { child, saw };
}

test('judges again on every save, and ends when it is told to', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'a watch '));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, path.dirname(answer)));
  const save = (from: string): void =>
    copyFileSync(path.join(projectRoot, from), path.join(folder, answer));

  save('solutions/03-three-fetches/wrong/completion-order.ts');
  const { child, saw } = startWatch(folder);
  await saw(' 7 of 8 green.');
  save('solutions/03-three-fetches/wrong/chunks-of-three.ts');
  await saw('✗ eleven fetches take exactly as long as the slowest one');
  save('solutions/03-three-fetches/three-fetches.ts');
  await saw(' All 8 green.');

  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
