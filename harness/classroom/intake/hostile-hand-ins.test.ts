import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Submission } from '../grade-report.ts';
import { katas, MadeClass, takenOf, zipOf } from './fixtures/made-class.ts';
import type { Limits } from './limits.ts';
import { readClass } from './read-class.ts';

const answer = '03-three-fetches/three-fetches.ts';
const taken = 'ada 03-three-fetches/three-fetches.ts';

async function readAda(made: MadeClass, limits?: Partial<Limits>): Promise<Submission> {
  const { submissions } = await readClass(made.directory, { katas, ...(limits && { limits }) });
  return submissions.find(({ student }) => student.id === 'ada')!;
}

test('takes nothing but the files that a kata names', async () => {
  using made = new MadeClass();
  const others = [
    'package.json',
    '.npmrc',
    'vitest.config.ts',
    'three-fetches.spec.ts',
    'kata.json',
  ];
  for (const name of others) made.write(`ada/03-three-fetches/${name}`).write(`ada/${name}`);
  made
    .write(`ada/solutions/${answer}`)
    .write(`ada/node_modules/${answer}`)
    .write(`ada/${answer}`, 'mine');

  const submission = await readAda(made);

  expect(takenOf([submission])).toEqual({ [taken]: 'mine' });
});

test('takes no entry of a zip that climbs out of it, and goes on with the others', async () => {
  using made = new MadeClass();
  const zip = await zipOf({ [`xx/${answer}`]: 'evil', 'C_/x.ts': '', [answer]: 'good' });
  made.write('ada.zip', renamed(renamed(zip, 'xx/', '../'), 'C_/', 'C:/'));

  const submission = await readAda(made);

  expect(takenOf([submission])).toEqual({ [taken]: 'good' });
  expect(submission.problems).toEqual([
    expect.stringContaining(`../${answer} climbs out`),
    expect.stringContaining('C:/x.ts climbs out'),
  ]);
});

test('stops unpacking a bomb at the limit, whatever its header says', async () => {
  using made = new MadeClass();
  const zip = await zipOf({ [answer]: Buffer.alloc(5_000_000) });
  // The size in the header of the file and in the table of contents: five bytes.
  const told = Buffer.from([0x40, 0x4b, 0x4c, 0x00]);
  for (let at = zip.indexOf(told); at >= 0; at = zip.indexOf(told, at + 1))
    zip.writeUInt32LE(5, at);
  made.write('ada.zip', zip);
  await made.writeZip('bob.zip', { [answer]: Buffer.alloc(5_000_000) });

  const { submissions } = await readClass(made.directory, { katas });

  expect(takenOf(submissions)).toEqual({});
  expect(submissions.map(({ problems }) => problems)).toEqual([
    [expect.stringContaining('was not taken')],
    [expect.stringContaining('has more than 1000000 bytes')],
  ]);
});

test('takes no more bytes and files of a student than the limits say', async () => {
  using made = new MadeClass();
  made
    .write(`ada/${answer}`, 'x'.repeat(60))
    .write('ada/25-process-pool/process-pool.ts', 'x'.repeat(60));
  made.write('ada/25-process-pool/pool-child.ts', 'x');

  const small = await readAda(made, { studentBytes: 100 });
  const few = await readAda(made, { files: 2 });

  expect(Object.keys(takenOf([small]))).toEqual([taken]);
  expect(small.problems.join()).toContain('goes beyond the 100 bytes');
  expect(Object.keys(takenOf([few]))).toHaveLength(2);
  expect(few.problems.join()).toContain('one file more than 2');
});

test('stops at a zip in a zip in a zip', async () => {
  using made = new MadeClass();
  const second = await zipOf({ 'b.zip': await zipOf({ [answer]: 'deep' }) });
  await made.writeZip('ada.zip', { 'a.zip': second });

  const submission = await readAda(made);

  expect(submission.answers.size).toBe(0);
  expect(submission.problems).toHaveLength(1);
});

test('follows no link, in a folder or in a zip', async () => {
  using made = new MadeClass();
  made.write(`bob/${answer}`, 'of bob').write('ada/03-three-fetches/note.txt');
  symlinkSync(made.path(`bob/${answer}`), made.path(`ada/${answer}`));
  symlinkSync(made.path('bob/03-three-fetches'), made.path('ada/25-process-pool'));
  symlinkSync(made.path('bob'), made.path('eve'));
  made.write('cyd.zip', await zipOf({ [answer]: '/etc/passwd' }, 0o120777));

  const { submissions, problems } = await readClass(made.directory, { katas });

  expect(Object.keys(takenOf(submissions))).toEqual(['bob 03-three-fetches/three-fetches.ts']);
  expect(submissions[0]!.problems.join('\n')).toMatch(/25-process-pool is a link[\s\S]*is a link/);
  expect(submissions[2]!.problems.join()).toContain('is a link');
  expect(problems).toEqual([expect.stringContaining('eve is neither a folder nor a file')]);
});

test.skipIf(process.platform === 'win32')('waits for no pipe', async () => {
  using made = new MadeClass();
  mkdirSync(made.path('ada/03-three-fetches'), { recursive: true });
  execFileSync('mkfifo', [made.path(`ada/${answer}`), made.path('ada/x.zip')]);

  const submission = await readAda(made);

  expect(submission.answers.size).toBe(0);
  expect(submission.problems.join()).toContain('is no plain file');
});

test('reads a file that has a second name on the disk', async () => {
  using made = new MadeClass();
  made.write('ada/03-three-fetches/mine.ts', 'mine');
  linkSync(made.path('ada/03-three-fetches/mine.ts'), made.path(`ada/${answer}`));

  expect(takenOf([await readAda(made)])).toEqual({ [taken]: 'mine' });
});

test('writes out what a name hides, and leaves formulas to those who write tables', async () => {
  using made = new MadeClass();
  const names = [
    'a\nb',
    '\u001b[31mred\u001b[0m',
    '\u202egnp.exe',
    '=HYPERLINK("x")',
    '<b>bold</b>'.replace('/', '∕'),
  ];
  for (const name of names) made.write(`${name}/${answer}`);

  const { submissions } = await readClass(made.directory, { katas });

  const shown = submissions.flatMap(({ student, source }) => [student.id, source]);
  expect(shown).toContain('a\\u{000a}b');
  expect(shown).toContain('\\u{001b}[31mred\\u{001b}[0m');
  expect(shown).toContain('\\u{202e}gnp.exe');
  expect(shown).toContain('=HYPERLINK("x")');
  expect(shown.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(submissions).toHaveLength(5);
});

test('takes the spelling that a kata has, and says which was another', async () => {
  using made = new MadeClass();
  await made.writeZip('ada.zip', {
    [answer]: 'right',
    '03-three-fetches/Three-Fetches.ts': 'other',
  });
  await made.writeZip('bob.zip', { '03-three-fetches/THREE-FETCHES.TS': 'other' });

  const { submissions } = await readClass(made.directory, { katas });

  expect(takenOf(submissions)).toEqual({ [taken]: 'right' });
  expect(submissions.map(({ problems }) => problems)).toEqual([
    [
      expect.stringContaining(
        'Three-Fetches.ts was not taken: the file is called three-fetches.ts',
      ),
    ],
    [expect.stringContaining('THREE-FETCHES.TS was not taken')],
  ]);
});

test.skipIf(process.platform !== 'linux')(
  'tells of students whose names differ in case only',
  async () => {
    using made = new MadeClass();
    made.write(`ada/${answer}`, 'a').write(`Ada/${answer}`, 'b');

    const { submissions, problems } = await readClass(made.directory, { katas });

    expect(submissions).toHaveLength(2);
    expect(problems.join()).toContain('Ada and ada differ only in how they are written');
  },
);

test('takes neither of two entries of one name', async () => {
  using made = new MadeClass();
  const zip = await zipOf({ [answer]: 'one', [answer.replace('three-f', 'threeXf')]: 'two' });
  made.write('ada.zip', renamed(zip, 'threeXf', 'three-f'));

  const submission = await readAda(made);

  expect(submission.answers.size).toBe(0);
  expect(submission.problems.join()).toContain('is in the zip 2 times');
});

test.each([
  ['no zip at all', Buffer.from('hello')],
  ['an empty file', Buffer.alloc(0)],
])('goes on with the class where a zip is damaged: %s', async (_what, content) => {
  using made = new MadeClass();
  made.write('ada.zip', content).write(`bob/${answer}`, 'b');

  const { submissions } = await readClass(made.directory, { katas });

  expect(submissions[0]!.problems[0]).toContain('no zip that can be read');
  expect(takenOf(submissions)).toEqual({ 'bob 03-three-fetches/three-fetches.ts': 'b' });
});

test('survives a zip that is cut or changed at any place', async () => {
  using made = new MadeClass();
  const zip = await zipOf({ [answer]: 'x'.repeat(300), '25-process-pool/process-pool.ts': 'y' });
  for (let at = 0; at < zip.length; at += 7) {
    const changed = Buffer.from(zip);
    changed[at] = changed[at]! ^ 0xff;
    made.write(`changed-${at}.zip`, changed).write(`cut-${at}.zip`, zip.subarray(0, at));
  }

  const { submissions } = await readClass(made.directory, { katas });

  expect(submissions).toHaveLength(2 * Math.ceil(zip.length / 7));
});

test.skipIf(process.platform !== 'linux')('reads folders whose names are not UTF-8', async () => {
  using made = new MadeClass();
  made.write(`ada/${answer}`, 'mine');
  const odd = Buffer.concat([Buffer.from(`${made.path('ada')}/`), Buffer.from([0xfc, 0xff])]);
  mkdirSync(odd);
  writeFileSync(Buffer.concat([odd, Buffer.from('/three-fetches.ts')]), 'odd');

  expect(takenOf([await readAda(made)])).toEqual({ [taken]: 'mine' });
});

test('takes bytes that are no UTF-8 as they are', async () => {
  using made = new MadeClass();
  made.write(`ada/${answer}`, Buffer.from([0xff, 0xfe, 0x00]));

  const { answers } = await readAda(made);

  expect(answers.get('03-three-fetches')?.get('three-fetches.ts')).toEqual(
    new Uint8Array([255, 254, 0]),
  );
});

test('says what it expected where there is nothing to take', async () => {
  using made = new MadeClass();
  made.write('ada/answer.rar').write('bob/essay.docx').write('cyd/a.zip').write('cyd/b.zip');
  made.write('dan.rar');

  const { submissions, problems } = await readClass(made.directory, { katas });

  expect(submissions.map((one) => one.problems)).toEqual([
    ['answer.rar is no zip: it was not taken. Expected a folder or a .zip.'],
    ['It holds none of the files that the katas name.'],
    ['It holds 2 zips and no kata beside them: expected one.'],
  ]);
  expect(problems.join()).toContain('dan.rar: expected a folder or a .zip for each student');
});

test('fills no report with what is wrong in one hand-in', async () => {
  using made = new MadeClass();
  const files = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`xx/${at}`, '']));
  made.write('ada.zip', renamed(await zipOf(files), 'xx/', '../'));

  const { problems } = await readAda(made);

  expect(problems).toHaveLength(21);
});

/** `zip` with another name of the same length in it. */
function renamed(zip: Buffer, from: string, to: string): Buffer {
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}
