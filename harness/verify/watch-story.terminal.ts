import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';

const answer = path.join('katas', '03-three-fetches', 'three-fetches.ts');
const solution = path.join('solutions', '03-three-fetches', 'three-fetches.ts');

test('the whole story: red, a hint, the right answer saved, green, compare, reset', async () => {
  const folder = newCheckout();
  const starter = readFileSync(path.join(folder, answer), 'utf8');
  const terminal = openTerminal(folder, 'node harness/cli/main.js watch 03');

  await terminal.shows('they ran one after');
  await terminal.shows('4 of 8 green.');
  terminal.press('h');
  await terminal.shows('Hint 1 of 3');

  copyFileSync(path.join(folder, solution), path.join(folder, answer));
  await terminal.shows('All 8 green.');
  terminal.press('c');
  await terminal.shows('There is no difference.');

  terminal.press('r');
  await terminal.shows('Put the starter back?');
  terminal.press('y');
  await terminal.shows('4 of 8 green.');
  expect(readFileSync(path.join(folder, answer), 'utf8')).toBe(starter);

  terminal.press('q');
  await terminal.shows('exit code 0');
});

/** A checkout of its own, with a space in its path: nobody's own answers are touched. */
function newCheckout(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'a learner '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const names = ['harness', 'katas', 'solutions', 'package.json', 'tsconfig.json'];
  for (const name of [...names, 'vitest.config.ts']) {
    cpSync(path.join(projectRoot, name), path.join(folder, name), { recursive: true });
  }
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

/** A terminal of 80 columns in which `command` runs, and then tells its exit code. */
function openTerminal(folder: string, command: string) {
  const socket = path.basename(folder).replaceAll(' ', '-');
  const tmux = (...words: string[]): string =>
    execFileSync('tmux', ['-L', socket, ...words], { encoding: 'utf8' });
  const shell = `${command}; echo "exit code $?"; sleep 600`;
  const size = ['-x', '80', '-y', '50'];
  tmux('new-session', '-d', '-s', 'story', ...size, '-c', folder, 'sh', '-c', shell);
  onTestFinished(() => void tmux('kill-server'));
  return {
    press: (key: string): void => void tmux('send-keys', '-t', 'story', key),
    /** Resolves once the screen shows `text`. */
    shows: (text: string): Promise<void> =>
      expect
        .poll(() => tmux('capture-pane', '-p', '-t', 'story'), { timeout: 120_000, interval: 50 })
        .toContain(text),
  };
}
