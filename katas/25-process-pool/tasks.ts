// Given, for the spec: the small jobs with which it asks your pool its questions. Some end the process in which they run.
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { passProcessGate } from '../../harness/world/process-gate.ts';

export type Job =
  /** Gives back `value`. */
  | { do: 'echo'; value: unknown }
  /** Gives back the number of its process. */
  | { do: 'process' }
  /** Gives back its place among the tasks of this kind in its process, from 1. */
  | { do: 'count' }
  /** Gives back how many tasks, itself among them, its process had at the same time, at most. */
  | { do: 'at-once' }
  /** Waits at a gate, as a long task would, then gives back the number of its process. */
  | { do: 'gate'; port: number }
  /** The same, where SIGTERM does not end the process. */
  | { do: 'gate-unmoved'; port: number }
  /** Leaves a timer in its process, which SIGTERM does not end any more. Gives back the number of its process. */
  | { do: 'leave-a-timer' }
  | { do: 'throw' | 'reject'; name: string; message: string }
  /** Passes a gate, then ends its process. */
  | { do: 'exit'; port: number; code: number }
  /** Passes a gate, then fills up to 200 MB. */
  | { do: 'fill-memory'; port: number }
  /** Passes a gate, prints two million characters on stdout and on stderr, and no end of line, gives back `value`. */
  | { do: 'print'; port: number; value: unknown }
  /** Sends messages of its own, passes a gate, gives back `value`. Then sends one more, and comes to the gate again. */
  | { do: 'send'; port: number; value: unknown }
  /** Gives back what cannot be copied. */
  | { do: 'unreadable' };

/** A job, and who asks for it. */
export type Order = Job & { caller: number };

let counted = 0;
let running = 0;
let mostAtOnce = 0;

/** Some jobs give a value or throw, most give a promise. */
export default function task(job: Order): unknown {
  switch (job.do) {
    case 'count':
      return ++counted;
    case 'throw':
      throw Object.assign(new Error(job.message), { name: job.name });
    case 'unreadable':
      return unreadable();
    default:
      return answer(job);
  }
}

async function answer(job: Order): Promise<unknown> {
  switch (job.do) {
    case 'echo':
      return job.value;
    case 'process':
      return process.pid;
    case 'at-once':
      begin();
      running -= 1;
      return mostAtOnce;
    case 'gate':
      return passGate(job.port);
    case 'reject':
      throw Object.assign(new Error(job.message), { name: job.name });
    default:
      return actOnProcess(job);
  }
}

/** What nobody can copy. */
function unreadable(): unknown {
  return {
    get value(): never {
      throw new Error('This value cannot be read.');
    },
  };
}

async function passGate(port: number): Promise<number> {
  begin();
  await passProcessGate(port);
  running -= 1;
  return process.pid;
}

function begin(): void {
  running += 1;
  mostAtOnce = Math.max(mostAtOnce, running);
}

/** What would harm the program that called `run`, if it were not kept apart from it. */
async function actOnProcess(job: Order): Promise<unknown> {
  if (process.pid === job.caller) {
    throw new Error('The task ran in the process that called run. What ends one ends both.');
  }
  switch (job.do) {
    case 'gate-unmoved':
      process.on('SIGTERM', () => {});
      return passGate(job.port);
    case 'leave-a-timer':
      process.on('SIGTERM', () => {});
      setInterval(() => {}, 1000);
      return process.pid;
    case 'exit':
      await passProcessGate(job.port);
      return process.exit(job.code);
    case 'fill-memory':
      await passProcessGate(job.port);
      return fillMemory(200);
    case 'print':
      await passProcessGate(job.port);
      console.log('{"id":1,"value":"printed"}');
      await printed(process.stderr, 'printed '.repeat(250_000));
      await printed(process.stdout, 'printed '.repeat(250_000));
      return job.value;
    case 'send':
      for (const message of ['ready', 1, { ready: true }]) process.send?.(message);
      await passGate(job.port);
      setImmediate(() => {
        process.send?.({ ready: false });
        void passProcessGate(job.port);
      });
      return job.value;
    default:
      throw new Error(`There is no job "${job.do}".`);
  }
}

function printed(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}

function fillMemory(megabytes: number): string {
  // What Node says on stderr when the memory is full is long, and no news to the spec.
  closeSync(2);
  openSync(devNull, 'w');
  const megabyte = Array.from({ length: 131_072 }, () => 0.5);
  const filled = [];
  while (filled.length < megabytes) filled.push([...megabyte]);
  return `${filled.length} MB of memory`;
}
