// A process of its own for each task, but the program stands still until it has ended.
// fails: a killed process fails its own task only, and the next one works
// fails: process.exit in a task rejects that task, whatever the code
// fails: a task that fills its memory ends only its own process
// fails: what a task prints does not disturb its result
// fails: a message that a task sends itself is not its result
// fails: each task gets its own result, in whatever order they end
// fails: inputs and results keep their types
// fails: rejects with the name and the message of the error of a task
// fails: has as many processes as its size says, and uses them again
// fails: a process that ends between two tasks is replaced
// fails: an abort ends the process of its running task, and no other
// fails: waiting tasks start in order, and an aborted one never starts
// fails: refuses what cannot be copied, and loses no process by it
// fails: forgets nothing that it accepted before it closes, and accepts no more
// fails: no process is left when close has resolved
import { execFileSync } from 'node:child_process';

const program = `
  import { readFileSync } from 'node:fs';
  const { default: task } = await import(process.argv[1]);
  console.log(JSON.stringify(await task(JSON.parse(readFileSync(0, 'utf8')))));
`;

/** Runs the task that `script` exports as its default, for one input after another. */
export class ProcessPool {
  #script: URL;

  constructor(script: URL, _options: { size: number }) {
    this.#script = script;
  }

  async run<T>(input: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    signal?.throwIfAborted();
    const output = execFileSync(
      process.execPath,
      ['--max-old-space-size=64', '--input-type=module', '-e', program, this.#script.href],
      { input: JSON.stringify(input), encoding: 'utf8' },
    );
    return JSON.parse(output);
  }

  async close(): Promise<void> {}
}
