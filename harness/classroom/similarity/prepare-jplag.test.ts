import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { katasDirectory, readKata } from '../../catalog/kata.ts';
import { projectRoot } from '../../trace/source-location.ts';
import { GradeUsageError } from '../command/grade-usage-error.ts';
import { prepareJplag, type PrepareJplagOptions } from './prepare-jplag.ts';
import { writeJplag } from './write-jplag.ts';

/** A folder with a class in it, and what is said of that class. */
function newPlace(): { place: string; options: PrepareJplagOptions } {
  const place = mkdtempSync(path.join(tmpdir(), 'jplag-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  mkdirSync(path.join(place, 'class'));
  return {
    place,
    options: {
      directory: path.join(place, 'class'),
      out: path.join(place, 'class-grades'),
      katas: [readKata('03-three-fetches')],
    },
  };
}

test('a new folder is made, with the starters as they are kept', () => {
  const { place, options } = newPlace();

  const { folder, starters } = prepareJplag(path.join(place, 'a', 'jplag'), options);

  expect(readdirSync(folder)).toEqual([]);
  expect(starters['03-three-fetches']).toHaveProperty(['three-fetches.ts']);
});

test('a folder that holds anything else is refused, and left as it is', () => {
  const { place, options } = newPlace();
  const folder = path.join(place, 'thesis');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'jplag.json'), '{"schema":"mine","katas":[]}');

  expect(() => prepareJplag(folder, options)).toThrow(
    /^Expected --jplag to be a new or empty folder, or that of an earlier --jplag, got .*thesis: /,
  );
  expect(readdirSync(folder)).toEqual(['jplag.json']);
});

test('the folder of an earlier export is taken', () => {
  const { place, options } = newPlace();
  const folder = path.join(place, 'jplag');
  writeJplag(prepareJplag(folder, options), []);

  expect(prepareJplag(folder, options).folder).toBe(folder);
});

test.for(['class', 'class/jplag', 'link/jplag', '.'])(
  '%s is not apart from the class, and is refused',
  (name) => {
    const { place, options } = newPlace();
    symlinkSync(path.join(place, 'class'), path.join(place, 'link'), 'junction');

    expect(() => prepareJplag(path.join(place, name), options)).toThrow(
      /^Expected --jplag to be apart from the class's folder, got /,
    );
    expect(readdirSync(path.join(place, 'class'))).toEqual([]);
  },
);

test.for([projectRoot, katasDirectory, path.join(katasDirectory, 'jplag')])(
  '%s is in the checkout, and is refused',
  (folder) => {
    const { options } = newPlace();
    const wasThere = existsSync(folder);

    expect(() => prepareJplag(folder, options)).toThrow(
      /^Expected --jplag to be apart from this checkout, got /,
    );
    expect(existsSync(folder)).toBe(wasThere);
  },
);

test('what cannot be a folder for JPlag is refused in one sentence', () => {
  const { place, options } = newPlace();
  writeFileSync(path.join(place, 'file'), '');

  for (const folder of [
    '',
    options.out,
    path.join(place, 'a,b'),
    path.join(place, 'file'),
    path.join(place, 'file', 'jplag'),
  ]) {
    expect(() => prepareJplag(folder, options)).toThrow(GradeUsageError);
  }
});

test('a kata whose starter is not kept is told before anything is judged', () => {
  const { place, options } = newPlace();
  const folder = path.join(place, 'jplag');

  expect(() => prepareJplag(folder, { ...options, starters: {} })).toThrow(
    /^The starter of 03-three-fetches is not kept yet/,
  );
  expect(existsSync(folder)).toBe(false);
});
