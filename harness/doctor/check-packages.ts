import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';
import type { Finding } from './finding.ts';

/** Tells whether the installed packages are those that package.json names, in their exact versions. */
export function checkPackages(root: string = projectRoot): Finding {
  const name = 'packages';
  const { devDependencies } = readManifest(path.join(root, 'package.json'));
  const wanted = Object.entries(devDependencies ?? {});
  const unfit = wanted.filter(([name, version]) => versionOf(root, name) !== version);
  const [first] = unfit;
  if (first === undefined) return { name, state: 'ok', text: `all ${wanted.length} are there` };

  const found = versionOf(root, first[0]);
  const more = unfit.length > 1 ? `, and ${unfit.length - 1} more` : '';
  return {
    name,
    state: 'wrong',
    text: `expected ${first[0]} ${first[1]}, got ${found ?? 'none'}${more}`,
    advice: 'Install what the katas need: npm ci',
  };
}

function versionOf(root: string, name: string): string | null {
  const file = path.join(root, 'node_modules', name, 'package.json');
  return existsSync(file) ? (readManifest(file).version ?? null) : null;
}

function readManifest(file: string) {
  return JSON.parse(readFileSync(file, 'utf8')) as {
    readonly version?: string;
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
}
