import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Submission } from '../grade-report.ts';
import { madeKatas, madeStudent } from '../store/fixtures/made-class.ts';
import type { JplagExport } from './prepare-jplag.ts';
import { writeJplag } from './write-jplag.ts';

const starters = Object.fromEntries(
  madeKatas.map(({ id }) => [id, { 'answer.ts': `starter of ${id}` }]),
);

function newExport(katas = madeKatas): JplagExport {
  const place = mkdtempSync(path.join(tmpdir(), 'jplag-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  return { folder: path.join(place, 'export'), katas, starters };
}

/** The paths of all files below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'),
    )
    .toSorted();
}

test('each kata has the answers in a folder for each student, and the starter beside them', () => {
  const made = newExport(madeKatas.slice(0, 2));

  writeJplag(made, [
    madeStudent('ada', { '01-first': 'pass', '02-second': 'refused' }),
    madeStudent('bob', { '01-first': 'missing', '03-third': 'pass' }),
  ]);

  expect(filesBelow(made.folder)).toEqual([
    '01-first/base/answer.ts',
    '01-first/submissions/ada/answer.ts',
    '01-first/submissions/bob/answer.ts',
    '02-second/base/answer.ts',
    '02-second/submissions/ada/answer.ts',
    'jplag.json',
  ]);
  expect(readFileSync(path.join(made.folder, '01-first/base/answer.ts'), 'utf8')).toBe(
    'starter of 01-first',
  );
});

test('an answer is written byte by byte, also where it is no text', () => {
  const made = newExport();
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0x0a]);
  const ada: Submission = {
    ...madeStudent('ada', {}),
    answers: new Map([['01-first', new Map([['answer.ts', bytes]])]]),
  };

  writeJplag(made, [ada]);

  expect(readFileSync(path.join(made.folder, '01-first/submissions/ada/answer.ts'))).toEqual(bytes);
});

test('no name of a student leaves the folder, and none takes the place of another', () => {
  const made = newExport();
  const hostile = [
    '../../../../up',
    '/root',
    '..',
    '',
    'a/b',
    'a\\b',
    'Ada',
    'ada',
    'x'.repeat(500),
  ];

  writeJplag(
    made,
    hostile.map((id) => madeStudent(id, { '01-first': id })),
  );

  const students = path.join(made.folder, '01-first/submissions');
  const texts = readdirSync(students).map((name) =>
    readFileSync(path.join(students, name, 'answer.ts'), 'utf8'),
  );
  expect(texts.toSorted()).toEqual(hostile.toSorted());
  expect(readdirSync(path.dirname(made.folder))).toEqual(['export']);
});

test('a second export leaves nobody and no kata of the first, and nothing else is touched', () => {
  const made = newExport();
  const { folder } = made;
  writeJplag(made, [madeStudent('gone', { '01-first': 'pass', '03-third': 'pass' })]);
  writeFileSync(path.join(folder, '01-first-result.jplag'), '');
  mkdirSync(path.join(folder, '99-mine'));

  writeJplag({ ...made, katas: madeKatas.slice(0, 1) }, [
    madeStudent('ada', { '01-first': 'pass' }),
  ]);

  expect(filesBelow(folder)).toEqual([
    '01-first-result.jplag',
    '01-first/base/answer.ts',
    '01-first/submissions/ada/answer.ts',
    'jplag.json',
  ]);
  expect(existsSync(path.join(folder, '99-mine'))).toBe(true);
});

test('a marker that somebody has edited removes nothing outside', () => {
  const made = newExport(madeKatas.slice(0, 1));
  writeJplag(made, []);
  const beside = path.join(made.folder, '..', 'beside');
  mkdirSync(beside);
  const marker = path.join(made.folder, 'jplag.json');
  writeFileSync(marker, readFileSync(marker, 'utf8').replace('01-first', '../beside'));

  writeJplag(made, []);

  expect(existsSync(beside)).toBe(true);
});

test('a link in the place of a kata is replaced, not followed', () => {
  const made = newExport(madeKatas.slice(0, 1));
  writeJplag(made, []);
  const beside = path.join(made.folder, '..', 'beside');
  mkdirSync(beside);
  writeFileSync(path.join(beside, 'own.txt'), '');
  rmSync(path.join(made.folder, '01-first'), { recursive: true });
  symlinkSync(beside, path.join(made.folder, '01-first'), 'junction');

  writeJplag(made, [madeStudent('ada', { '01-first': 'pass' })]);

  expect(readdirSync(beside)).toEqual(['own.txt']);
});

test('it tells the command for the first kata that has two answers', () => {
  const made = newExport();

  const line = writeJplag(made, [
    madeStudent('ada', { '01-first': 'pass', '02-second': 'pass' }),
    madeStudent('bob', { '02-second': 'fail' }),
  ]);

  const kata = path.join(made.folder, '02-second');
  expect(line).toBe(
    ` Answers for JPlag in ${made.folder}. To compare those to 02-second: java -jar jplag.jar` +
      ` -l typescript --bc ${path.join(kata, 'base')} -r ${kata}-result ${path.join(kata, 'submissions')}`,
  );
});

test('without two answers to a kata there is nothing to compare', () => {
  const made = newExport();

  expect(writeJplag(made, [madeStudent('ada', { '01-first': 'pass' })])).toBe(
    ` Answers for JPlag in ${made.folder}: no kata has two of them to compare.`,
  );
});
