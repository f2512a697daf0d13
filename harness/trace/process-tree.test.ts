import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { processTree } from './process-tree.ts';

const isLinux = process.platform === 'linux';

/** A process that lives until its standard input ends, with one such child of its own; resolves with both ids, parent first. */
async function startTwo(): Promise<{ parent: ChildProcess; ids: number[] }> {
  const child = `process.stdin.resume()`;
  const program = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: ['pipe', 'ignore', 'ignore'] });
    process.stdin.resume().on('end', () => process.exit());
    console.log(child.pid);`;
  const parent = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    parent.stdin.end();
    if (parent.exitCode === null) await once(parent, 'exit');
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, ids: [parent.pid!, Number(line)] };
}

test.skipIf(!isLinux)('lists a process with its children and theirs, parents first', async () => {
  const { parent, ids } = await startTwo();

  expect(processTree(parent.pid!)).toEqual(ids);
  expect(processTree(process.pid)).toEqual(expect.arrayContaining([process.pid, ...ids]));
});

test('a process that is no more is by itself', async () => {
  const { parent, ids } = await startTwo();
  const hasEnded = once(parent, 'exit');
  parent.stdin!.end();
  await hasEnded;

  expect(processTree(ids[0]!)).toEqual([ids[0]]);
});
