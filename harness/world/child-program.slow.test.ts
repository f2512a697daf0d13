import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startProgram } from './child-program.ts';
import { until } from './until.ts';

const talking = new URL('fixtures/talking-program.ts', import.meta.url);

test('it gives the lines, and how the program ended', async () => {
  await using program = startProgram(talking, { args: ['print'] });

  const exit = await program.ended();

  expect(exit).toEqual({ code: 0, signal: null });
  expect(program.lines).toEqual(['one', 'two']);
  expect(program.stderr).toBe('');
});

test('a signal reaches the program', async () => {
  await using program = startProgram(talking, { args: ['catch', 'stay', 'print'] });
  await program.line('two', 'the second line');

  program.signal('SIGTERM');

  expect(await program.ended()).toEqual({ code: 3, signal: null });
});

test('a signal that nobody listens to ends it', async () => {
  await using program = startProgram(`${talking.href}?fresh=1`, { args: ['stay', 'print'] });
  await program.line(/^tw/, 'the second line');

  program.signal('SIGTERM');

  expect(await program.ended()).toEqual({ code: null, signal: 'SIGTERM' });
});

test('messages go both ways', async () => {
  await using program = startProgram(talking, { args: ['echo', 'stay'] });

  program.send('open');
  await program.reached(() => program.messages.length > 0, 'an answer');

  expect(program.messages).toEqual([{ heard: 'open' }]);
});

test('a line that never comes is told with what ended the program', async () => {
  await using program = startProgram(talking, { args: ['throw'] });

  const waiting = program.line('two', 'the second line');

  await expect(waiting).rejects.toThrow(
    'Still waiting for the second line, but talking-program.ts has ended with exit code 1. It wrote: "TypeError: no paper"',
  );
});

test('a program that does not end is told as a hang', async () => {
  await using program = startProgram(talking, { args: ['stay'] });

  const waiting = program.ended('the program to end', { limitMs: 5 });

  await expect(waiting).rejects.toMatchObject({ kind: 'hang' });
  expect(program.exit).toBeNull();
});

test('at the end it is gone, and its descendants with it', async () => {
  const program = startProgram(talking, { args: ['descend', 'stay'] });
  const line = await program.line(/^descendant \d+$/, 'the descendant');

  await program[Symbol.asyncDispose]();

  expect(program.exit).toMatchObject({ signal: 'SIGKILL' });
  await until(() => !isAlive(Number(line.split(' ')[1])), 'the descendant to be gone');
});

test('a descendant that holds the output does not hide the end of the program', async () => {
  await using program = startProgram(talking, { args: ['descend', 'catch', 'stay'] });
  await program.line(/^descendant \d+$/, 'the descendant');

  program.signal();

  expect(await program.ended()).toEqual({ code: 3, signal: null });
});

test('listening for messages keeps no program alive', async () => {
  await using program = startProgram(talking, { args: ['print'] });

  program.send('nobody reads this');

  expect(await program.ended()).toEqual({ code: 0, signal: null });
});

test('its time passes by hand', async () => {
  await using program = startProgram(talking, { args: ['wait', 'cut', 'print'], clock: 'by hand' });
  await program.line('two', 'the second line');
  await program.advance(499);
  expect(program.lines).toEqual(['one', 'two']);

  await program.advance(1);
  await program.line('cut', 'a signal that was to abort after 500 ms');
  await program.advance(59_499);
  expect(program.exit).toBeNull();
  await program.advance(1);

  // The timer that is awaited kept the program alive until it fired.
  expect(await program.ended()).toEqual({ code: 0, signal: null });
  expect(program.lines).toEqual(['one', 'two', 'cut', 'waited']);
});

test('it sees little of the environment of the tests', async () => {
  await using program = startProgram(talking, { args: ['env'], env: { OWN: '1' } });

  await program.ended();

  const names = program.lines[0]?.split(' ') ?? [];
  expect(names).toContain('OWN');
  expect(names.filter((name) => name.startsWith('VITEST'))).toEqual([]);
});

test('it ends when the process that started it was killed', async () => {
  const script = `import { startProgram } from ${JSON.stringify(new URL('child-program.ts', import.meta.url).href)};
    const program = startProgram(${JSON.stringify(talking.href)}, { args: ['stay', 'print'] });
    await program.line('two', 'the second line');
    console.log(program.pid);
    process.kill(process.pid, 'SIGKILL');`;

  const pid = await new Promise<string>((resolve) => {
    const args = ['--input-type=module', '-e', script];
    execFile(process.execPath, args, (_error, stdout) => resolve(stdout));
  });

  await until(() => !isAlive(Number(pid)), 'the program to be gone');
});

test("what it forks has a life and messages of its own, with Node's defaults", async () => {
  await using program = startProgram(new URL('fixtures/forking-program.ts', import.meta.url));

  await program.ended();

  expect(program.messages).toEqual([{ heard: 'hello' }, { exit: null }]);
});

/** A process that has ended but was not collected yet, a zombie, counts as gone: nothing of it runs. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = `/proc/${pid}/stat`;
    return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'));
  } catch {
    return false;
  }
}
