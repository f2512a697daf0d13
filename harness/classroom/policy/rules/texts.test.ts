import { expect, test } from 'vitest';
import { poolKata, refusalsOf } from '../fixtures/refusals-of.ts';

test.each([
  "const script = new URL('child.ts', import.meta.url);",
  'const self = new URL(import.meta.url);',
  "new URL('/path', base);",
  "db.prepare('SELECT attached FROM files');",
  "throw new Error('Cannot attach a listener');",
  "const text = '10-20 requests, see the spec';",
])('lets pass: %s', async (source) => {
  expect(await refusalsOf(source, poolKata)).toEqual([]);
});

test.each([
  ["readFileSync('../../solutions/25-process-pool/answer.ts');", 'the solutions'],
  ["readFileSync('../' + 'solu' + 'tions/' + name);", 'the solutions'],
  ['readFileSync(`${root}/solutions/${name}`);', 'the solutions'],
  ["readFileSync('process-pool.spec.ts');", 'a spec'],
  ["readFileSync('../24-worker-pool/worker-pool.ts');", 'another kata, got 24-worker-pool'],
  ["readFileSync('/proc/self/environ');", 'the files of the machine'],
  ["readdirSync('../../node_modules/vitest');", 'the files of the machine'],
  ["new URL('../24/a.ts', import.meta.url);", 'files of its own kata only'],
  ["const here = import.meta.url; new URL('../..', here);", 'files of its own kata only'],
  ["new Worker(new URL('data:text/javascript,1'));", 'may not load it from a data URL'],
  ['db.exec("ATTACH DATABASE \'other.db\' AS other");', 'may not open another by SQL'],
  ["db.exec('att' + 'ach ? as other');", 'may not open another by SQL'],
  ['db.exec(`SELECT 1; attach ${file} as other`);', 'may not open another by SQL'],
  ['db.exec("VACUUM INTO \'copy.db\'");', 'may not open another by SQL'],
])('refuses: %s', async (source, reason) => {
  expect((await refusalsOf(source, poolKata)).join()).toContain(reason);
});
