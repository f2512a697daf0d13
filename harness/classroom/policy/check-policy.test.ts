import { expect, test } from 'vitest';
import { checkPolicy } from './check-policy.ts';
import { plainKata, refusalsOf } from './fixtures/refusals-of.ts';

test('names the file and the line, types and comments counted', async () => {
  const source = 'interface A {\n  a: string;\n}\n// Why\nconst a: A = f();\nprocess.exit(a);\n';

  expect(await checkPolicy(plainKata, new Map([['answer.ts', Buffer.from(source)]]))).toEqual([
    {
      file: 'answer.ts',
      line: 6,
      reason: 'This kata does not need `process.exit`: an answer does without it.',
    },
  ]);
});

test.each([
  'export function (',
  'enum A { a }\nprocess.exit();',
  'with (a) process.exit();',
  '\u0000',
])('leaves a file that cannot be loaded to the one who loads it: %j', async (source) => {
  expect(await refusalsOf(source)).toEqual([]);
});

test('reads a file that is not UTF-8 as Node does', async () => {
  const content = Buffer.concat([
    Buffer.from([0x2f, 0x2f, 0xff, 0xfe, 0x0a]),
    Buffer.from('eval(1)'),
  ]);

  expect(await checkPolicy(plainKata, new Map([['answer.ts', content]]))).toHaveLength(1);
});

test('tells the same thing about one line once, and all lines in their order', async () => {
  const source = 'process.exit(); process.exit();\neval(1);\n';

  expect((await refusalsOf(source)).map((refusal) => refusal[0])).toEqual(['1', '2']);
});

test.each([
  ['brackets within brackets', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ['a long sum', `export const a = ${'a+'.repeat(90_000)}a;`],
  ['one negation of another', `export const a = ${'!'.repeat(100_000)}a;`],
])(
  'refuses what is nested too deeply, and looks at the next file all the same: %s',
  async (_what, source) => {
    const nested = refusalsOf(source);
    const next = refusalsOf('process.exit();');

    expect(await nested).toEqual([
      '1: This file is nested more deeply than can be looked at: write it flatter.',
    ]);
    expect(await next).toHaveLength(1);
    expect(await refusalsOf('const a: number = 1;\nprocess.exit(a);')).toHaveLength(1);
  },
);

test.each([
  [
    'a text that doubles',
    `const a0 = 'aa';${Array.from({ length: 60 }, (_, at) => `const a${at + 1} = a${at} + a${at};`).join('')}`,
  ],
  [
    'aliases that double',
    `let p = Promise;${Array.from({ length: 200 }, () => 'p = p || p;').join('')}`,
  ],
])('comes to an end with a source that is made to wear it out: %s', async (_what, source) => {
  await expect(refusalsOf(source)).resolves.toBeDefined();
});

test('refuses a file that is far too long for an answer', async () => {
  expect((await refusalsOf('//'.padEnd(300_000))).join()).toContain('at most 200000 characters');
});
