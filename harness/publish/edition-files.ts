import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { readKatas } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import type { Starters } from '../learner/starters.ts';
import { cutReadme } from './cut-readme.ts';
import { learnersManifest } from './learners-manifest.ts';
import type { Manifest } from './learners-manifest.ts';
import type { Lockfile } from './prune-lockfile.ts';
import { PublishError } from './publish-error.ts';

/** What a learner runs. Every other script, and the program that it starts, is for those who look after the katas. */
const learnersScripts = new Set(
  'test watch next hint compare reset progress start doctor'.split(' '),
);
/** What lies at the top and goes along as it is. */
const topLevel = ['.devcontainer', '.editorconfig', '.gitignore', '.vscode', 'LICENSE'];
const configurations = ['tsconfig.json', 'vitest.config.ts'];
/** Parts of the harness that a learner's commands do without. */
const teachersFolders = new Set(['bench', 'classroom', 'demo', 'fixtures', 'publish', 'verify']);
const teachersFiles = [
  /\.test\.ts$/,
  /^harness\/vitest\.config\.ts$/,
  // They look at the answers that are kept for each kata.
  /^harness\/catalog\/(?:lint-[\w-]+|wrong-answer|answers|imports|problem|new-kata|subject)\.ts$/,
  /^harness\/runner\/judge-subject\.ts$/,
];

/** The files of an edition by their paths, with forward slashes. */
export type EditionFiles = ReadonlyMap<string, Buffer | string>;

/**
 * Collects what the students' edition of the checkout `root` consists of: the katas, what a learner's commands need, and no more. The
 * starters are those that were kept, whatever stands in `katas/` at the moment: a teacher's own answers stay at home.
 *
 * @throws {PublishError} where a kata has no kept starter, or `root` is an edition already.
 */
export function collectEdition(root: string, starters: Starters): EditionFiles {
  if (!existsSync(path.join(root, 'harness', 'publish'))) {
    throw new PublishError(
      `Expected a teacher's checkout; ${root} is a students' edition already.`,
    );
  }
  const manifest = readJson(root, 'package.json') as Manifest;
  const files = new Map<string, Buffer | string>();
  const copy = (file: string): void => {
    if (!existsSync(path.join(root, file))) throw new PublishError(`The file ${file} is missing.`);
    files.set(file, readFileSync(path.join(root, file)));
  };

  for (const entry of [...topLevel, ...configurations]) filesBelow(root, entry).forEach(copy);
  const harness = filesBelow(root, 'harness');
  harness.filter((file) => !isTeachers(file, manifest)).forEach(copy);
  for (const kata of readKatas(path.join(root, 'katas'))) {
    givenFiles(kata).forEach(copy);
    for (const [name, text] of starterOf(kata, starters)) {
      files.set(`katas/${kata.id}/${name}`, text);
    }
  }

  const lockfile = readJson(root, 'package-lock.json') as Lockfile;
  const learners = learnersManifest(manifest, lockfile, {
    scripts: learnersScripts,
    sources: [...files].map(([, content]) => content.toString()),
  });
  files.set('package.json', toJson(learners.manifest));
  files.set('package-lock.json', toJson(learners.lockfile));
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  files.set('README.md', cutReadme(readme, learnersScripts));
  return files;
}

function isTeachers(file: string, { scripts }: Manifest): boolean {
  if (file.split('/').some((part) => teachersFolders.has(part))) return true;
  if (teachersFiles.some((pattern) => pattern.test(file))) return true;
  const program = /^harness\/cli\/(?<name>[\w-]+)\.ts$/.exec(file)?.groups?.['name'];
  const startedBy = Object.keys(scripts).filter((name) => programOf(scripts[name]!) === program);
  return startedBy.length > 0 && !startedBy.some((name) => learnersScripts.has(name));
}

/** The program in `harness/cli` that a script starts; null where it starts another one. */
function programOf(script: string): string | null {
  return /^node (?:--\S+ )*harness\/cli\/main\.js ([\w-]+)/.exec(script)?.[1] ?? null;
}

/** What a learner gets of a kata besides the files that they edit. */
function givenFiles(kata: Kata): string[] {
  const modules = kata.modules.filter((name) => name.startsWith('./')).map((name) => name.slice(2));
  return ['README.md', 'hints.md', 'kata.json', `${kata.slug}.spec.ts`, ...modules].map(
    (name) => `katas/${kata.id}/${name}`,
  );
}

function starterOf(kata: Kata, starters: Starters): [name: string, text: string][] {
  const starter = starters[kata.id];
  return kata.files.map((name) => {
    const text = starter?.[name];
    if (text !== undefined) return [name, text];
    throw new PublishError(
      `The starter katas/${kata.id}/${name} is not kept yet; run \`npm run starters\` while it holds no answer.`,
    );
  });
}

/** The files of a folder, or the file itself; none where it is not there. Links are left out: they may lead anywhere. */
function filesBelow(root: string, entry: string): string[] {
  const place = path.join(root, entry);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [entry];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => path.relative(root, path.join(found.parentPath, found.name)))
    .map((file) => file.split(path.sep).join('/'))
    .toSorted();
}

function readJson(root: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
