import { readFileSync } from 'node:fs';

/**
 * A call at the top level that begins with a name and goes on with a function: `test('…', async () => …)`, or a spec's own `timed('…', …)`
 * around it.
 */
const namedTest =
  /^\w+\(\s*(?<quote>['"`])(?<name>.*?)(?<!\\)\k<quote>,\s*(?:\{[^}]*\},\s*)?(?:async\b|\()/gm;

/** The names of the tests of a spec in their order, read without running it: the page can show them before the first verdict. */
export function specNames(spec: string): string[] {
  return [...readFileSync(spec, 'utf8').matchAll(namedTest)].map(({ groups }) =>
    groups!['name']!.replace(/\\(?<character>.)/g, '$<character>'),
  );
}
