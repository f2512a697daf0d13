import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../../catalog/kata.ts';
import type { KataResult } from '../../runner/kata-result.ts';
import { projectRoot } from '../../trace/source-location.ts';
import { harnessHash } from './hashes.ts';

/** The names of a kata's tests, in their order, as a run of its solution told them; canaries are none. */
export function namesOf(result: KataResult): string[] {
  return result.tests.map(({ name }) => name).filter((name) => !name.startsWith('canary '));
}

/** The manifest that an earlier run of the same harness left; null where there is none. */
export function readManifest(kata: Kata): string[] | null {
  try {
    return JSON.parse(readFileSync(fileOf(kata), 'utf8')) as string[];
  } catch {
    return null;
  }
}

/** Keeps a manifest where no answer can reach it: nothing of the folder is seen in a sandbox. */
export function keepManifest(kata: Kata, names: readonly string[]): void {
  const file = fileOf(kata);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(names, null, 1));
  renameSync(`${file}.${process.pid}`, file);
}

function fileOf(kata: Kata): string {
  const name = `${kata.id}-${harnessHash(kata)}.json`;
  return path.join(projectRoot, '.kata', 'classroom', 'manifests', name);
}
