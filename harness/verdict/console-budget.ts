const maximumLines = 200;
const maximumCharacters = 20_000;

let lines = 0;
let characters = 0;
let dropped = 0;

/** Gives the next test its own budget of output. */
export function renewConsoleBudget(): void {
  lines = 0;
  characters = 0;
  dropped = 0;
}

/** How many writes of this test were not shown. */
export function droppedWrites(): number {
  return dropped;
}

/**
 * Limits what one test may print: 200 writes and 20,000 characters. A loop that prints for ever would otherwise fill the memory of the
 * process that reads it, and push the red message off the screen.
 */
export function limitConsole(): void {
  for (const method of [
    'log',
    'info',
    'debug',
    'warn',
    'error',
    'trace',
    'table',
    'dir',
  ] as const) {
    const original = console[method] as (...values: unknown[]) => void;
    console[method] = (...values: unknown[]) => {
      if (spend(0)) original.apply(console, values);
    };
  }
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      if (spend(chunk.length)) return (write as (...values: unknown[]) => boolean)(chunk, ...rest);
      for (const callback of rest)
        if (typeof callback === 'function') queueMicrotask(() => callback());
      return true;
    };
  }
}

function spend(size: number): boolean {
  lines += 1;
  characters += size;
  if (lines <= maximumLines && characters <= maximumCharacters) return true;
  dropped += 1;
  return false;
}
