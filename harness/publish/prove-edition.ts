import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { PublishError } from './publish-error.ts';

/** Runs a program in a folder as a student would: resolves with its exit code and with all that it printed. */
export type RunInEdition = (
  folder: string,
  words: readonly string[],
  env?: NodeJS.ProcessEnv,
) => Promise<{ code: number | null; output: string }>;

/**
 * Proves that an edition works: its packages can be installed, kata 03 is red as it was handed out, and green with the solution of the checkout
 * `root`. What that leaves in the folder is removed.
 *
 * @throws {PublishError} with the last lines of what went wrong.
 */
export async function proveEdition(
  folder: string,
  root: string,
  run: RunInEdition = runNpm,
): Promise<void> {
  try {
    await expectCode(0, ['ci', '--no-audit', '--no-fund', '--prefer-offline']);
    const starter = await expectCode(1, ['test', 'katas/03']);
    if (!/^ \d+ of \d+ green\.$/m.test(starter)) {
      throw new PublishError(`The edition does not judge its starter:\n${lastLines(starter)}`);
    }
    const solutions = path.join(root, 'solutions');
    if (existsSync(solutions)) {
      await expectCode(0, ['test', 'katas/03'], { KATAS_FROM: solutions });
    }
  } finally {
    for (const left of ['node_modules', '.kata']) {
      rmSync(path.join(folder, left), { recursive: true, force: true });
    }
  }

  async function expectCode(
    expected: number,
    words: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): Promise<string> {
    const { code, output } = await run(folder, words, env);
    if (code === expected) return output;
    throw new PublishError(
      `Expected \`npm ${words.join(' ')}\` to end with code ${expected} in the edition, got ${code}:\n${lastLines(output)}`,
    );
  }
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-8).join('\n');
}

/** Runs npm without what this process was given by its own npm, such as the path to the packages of the checkout. */
const runNpm: RunInEdition = (folder, words, env = {}) => {
  const { promise, resolve, reject } = Promise.withResolvers<{
    code: number | null;
    output: string;
  }>();
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^(?:INIT_CWD|KATAS_FROM|NODE_OPTIONS|VITEST.*)$/.test(name),
  );
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const outside = folders.filter((entry) => !entry.includes('node_modules'));
  const child = spawn('npm', words, {
    cwd: folder,
    env: {
      ...Object.fromEntries(inherited),
      PATH: outside.join(path.delimiter),
      NO_COLOR: '1',
      ...env,
    },
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.once('error', (error) => reject(new PublishError(`npm cannot be run: ${error.message}.`)));
  child.once('close', (code) => {
    resolve({ code, output: stripVTControlCharacters(Buffer.concat(chunks).toString()) });
  });
  return promise;
};
