import { readFileSync } from 'node:fs';

/** The names of the tests of a spec in their order, read without running it: the page can show them before the first verdict. */
export function specNames(spec: string): string[] {
  const source = readFileSync(spec, 'utf8');
  return [...source.matchAll(/^\s*test\(\s*(?<quote>['"`])(?<name>.*?)(?<!\\)\k<quote>/gm)].map(
    ({ groups }) => groups!['name']!.replace(/\\(?<character>.)/g, '$<character>'),
  );
}
