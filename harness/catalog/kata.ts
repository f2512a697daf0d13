import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';

/** What a kata's spec may rest on: counts, virtual time, occupancy of the loop, workers and processes, sockets. */
export type Evidence = 'C' | 'V' | 'O' | 'W' | 'S';

/** The content of a `kata.json`. */
export interface KataManifest {
  readonly title: string;
  /** 1 to 5: the parts of the curriculum. */
  readonly part: number;
  readonly evidence: readonly Evidence[];
  /** The goal in one sentence, as the board shows it. */
  readonly goal: string;
  /** The files that a learner edits; the first is the kata's main file, `<slug>.ts`. */
  readonly files: readonly string[];
  /** Modules that an answer may import besides {@link modulesForAll}; relative names are files of the kata that are given. */
  readonly modules: readonly string[];
}

export interface Kata extends KataManifest {
  /** `03-three-fetches` */
  readonly id: string;
  /** `03` */
  readonly number: string;
  /** `three-fetches` */
  readonly slug: string;
  /** Absolute path of the kata's folder. */
  readonly directory: string;
  /** Absolute path of the spec. */
  readonly spec: string;
}

export const katasDirectory = path.join(projectRoot, 'katas');
export const solutionsDirectory = path.join(projectRoot, 'solutions');

const folderName = /^(?<number>\d{2})-(?<slug>[a-z0-9]+(?:-[a-z0-9]+)*)$/;

/** The ids of all katas in `directory`, in their order. */
export function kataIds(directory: string = katasDirectory): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && folderName.test(entry.name))
    .map((entry) => entry.name)
    .toSorted();
}

/**
 * Reads one kata.
 *
 * @throws {Error} where `kata.json` is missing or is not JSON; `lintCatalog` says what else is wrong with it.
 */
export function readKata(id: string, directory: string = katasDirectory): Kata {
  const groups = folderName.exec(id)?.groups;
  if (!groups) throw new Error(`Expected a kata's folder such as 03-three-fetches, got ${id}.`);

  const folder = path.join(directory, id);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'kata.json'), 'utf8')) as KataManifest;
  const slug = groups['slug']!;
  return {
    ...manifest,
    id,
    number: groups['number']!,
    slug,
    directory: folder,
    spec: path.join(folder, `${slug}.spec.ts`),
  };
}

/** Modules of Node that every answer may import: they reach no file, no network and no other program. */
export const modulesForAll: readonly string[] = [
  'node:assert',
  'node:assert/strict',
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:path',
  'node:perf_hooks',
  'node:process',
  'node:querystring',
  'node:stream',
  'node:stream/consumers',
  'node:stream/promises',
  'node:stream/web',
  'node:string_decoder',
  'node:timers',
  'node:timers/promises',
  'node:url',
  'node:util',
];

const forAll: ReadonlySet<string> = new Set(modulesForAll);

/** Whether an answer to `kata` may import the module `name`, which is no path: with or without `node:`. */
export function allowsImport({ modules }: Pick<Kata, 'modules'>, name: string): boolean {
  return [name, `node:${name}`].some((each) => forAll.has(each) || modules.includes(each));
}

/** Whether the spec of `kata` rests on counts and virtual time alone: what a verdict takes there is not given by real time. */
export function restsOnCounts({ evidence }: Pick<Kata, 'evidence'>): boolean {
  return evidence.every((one) => one === 'C' || one === 'V');
}

/** The packages that an answer to `kata` may import: Node's own modules are there in any case. */
export function packagesOf({ modules }: Kata): string[] {
  return modules.filter((name) => !/^(?:node:|\.)/.test(name));
}

/** Reads every kata, in order. */
export function readKatas(directory: string = katasDirectory): Kata[] {
  return kataIds(directory).map((id) => readKata(id, directory));
}
