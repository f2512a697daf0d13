import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { classFolder, fromTyped, makeFolder, outFolder, verdictsFile } from './class-folders.ts';
import { GradeUsageError } from './grade-usage-error.ts';

/** A folder that holds the folder `class`. */
function newPlace(): string {
  const place = realpathSync(mkdtempSync(path.join(tmpdir(), 'place-')));
  onTestFinished(() => rmSync(place, { recursive: true }));
  mkdirSync(path.join(place, 'class'));
  return place;
}

test('the class is one folder', () => {
  const place = newPlace();
  writeFileSync(path.join(place, 'class.zip'), '');

  expect(classFolder([path.join(place, 'class')])).toBe(path.join(place, 'class'));
  for (const words of [
    [],
    [''],
    ['a', 'b'],
    [path.join(place, 'no')],
    [path.join(place, 'class.zip')],
  ]) {
    expect(() => classFolder(words)).toThrow(GradeUsageError);
  }
});

test('the reports lie beside the class, where nothing else is said', () => {
  const place = newPlace();

  expect(outFolder(path.join(place, 'class'), undefined)).toBe(path.join(place, 'class-grades'));
  expect(outFolder(path.join(place, 'class'), path.join(place, 'out'))).toBe(
    path.join(place, 'out'),
  );
});

test('the reports never lie inside the class, not by a link either', () => {
  const place = newPlace();
  symlinkSync(path.join(place, 'class'), path.join(place, 'link'));

  for (const out of [
    'class',
    'class/grades',
    'class/a/b',
    'link',
    'link/grades',
    'class/../class',
  ]) {
    expect(() => outFolder(path.join(place, 'class'), path.join(place, out))).toThrow(
      /^Expected --out to be outside the class's folder, got /,
    );
  }
  expect(outFolder(path.join(place, 'class'), path.join(place, 'class2'))).toBe(
    path.join(place, 'class2'),
  );
  expect(() => outFolder(path.join(place, 'class'), '')).toThrow(GradeUsageError);
});

test('the reports go to no folder with other files, but to one of an earlier run', () => {
  const place = newPlace();
  const [out, notes] = [path.join(place, 'out'), path.join(place, 'out', 'notes.txt')];
  mkdirSync(out);
  expect(outFolder(path.join(place, 'class'), out)).toBe(out);

  writeFileSync(notes, 'mine');
  expect(() => outFolder(path.join(place, 'class'), out)).toThrow(/could be overwritten\.$/);

  writeFileSync(path.join(out, verdictsFile), '');
  expect(outFolder(path.join(place, 'class'), out)).toBe(out);
});

test('a folder that cannot be made is told with what to do', () => {
  const place = newPlace();
  writeFileSync(path.join(place, 'file'), '');

  makeFolder(path.join(place, 'a', 'b'));

  expect(() => makeFolder(path.join(place, 'file', 'b'))).toThrow(/Name another by --out\.$/);
});

test('a path is meant from where npm was called', () => {
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  vi.stubEnv('npm_lifecycle_event', 'grade');
  vi.stubEnv('INIT_CWD', '/somewhere');
  expect(fromTyped('class')).toBe(path.resolve('/somewhere/class'));

  vi.stubEnv('npm_lifecycle_event', 'test');
  expect(fromTyped('class')).toBe(path.resolve('class'));
});
