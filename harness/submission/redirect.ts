import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { ResolveFnOutput, ResolveHookContext } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { allowsImport, katasDirectory, modulesForAll, readKata } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import { projectRoot } from '../trace/source-location.ts';
import { prepareSubmission } from './prepare-submission.ts';
import { sealedRun } from '../verdict/seal.ts';
import { stripTypes } from './strip-cache.ts';

let instance = 0;
let installed = false;
let source: string | undefined;
const prepared = new Map<string, { readonly kata: Kata; readonly folder: string }>();
/** Files of the answer that is judged now, by their addresses without a query: each test loads them anew, and they stay as they are. */
const found = new Map<string, ResolveFnOutput>();
const stripped = new Map<string, string>();
const packages = pathToFileURL(path.join(projectRoot, 'node_modules', path.sep)).href;

/** From now on a kata's files are loaded anew, as another instance of their modules. */
export function startFreshInstance(): void {
  instance += 1;
}

/** From now on answers come from `from`, in a process that judges several, one after another. */
export function redirectTo(from: string | undefined): void {
  source = from;
  prepared.clear();
  found.clear();
  stripped.clear();
}

/**
 * Puts a resolve hook in place, once, that sends a spec's relative import of a kata's file to the submission named by
 * `KATAS_FROM` (the learner's own `katas/` where it is unset), and gives every load a fresh instance of it.
 *
 * @param from where the answers come from: see `prepareSubmission`.
 */
export function redirectSubmissions(from: string | undefined): void {
  if (installed) return;
  installed = true;
  redirectTo(from);

  registerHooks({
    resolve(specifier, context, nextResolve) {
      const parent = context.parentURL;
      if (parent === undefined || !parent.startsWith('file:') || parent.startsWith(packages)) {
        return nextResolve(specifier, context);
      }
      if (!specifier.startsWith('.')) {
        refuseForeignImport(specifier, ...splitQuery(parent));
        return nextResolve(specifier, context);
      }
      const [parentFile, query] = splitQuery(parent);
      if (query !== '') {
        refuseForeignImport(specifier, parentFile, query);
        // A submission's own import of its own files belongs to the same instance.
        const { href } = new URL(specifier, parent);
        return resolveInstance(href, query, context, nextResolve);
      }

      const id = kataOfSpec(parentFile);
      if (id === null) return nextResolve(specifier, context);
      const folder = source === undefined ? path.dirname(parentFile) : submissionFolder(id, source);
      const file = path.resolve(folder, specifier);
      if (!existsSync(file)) return nextResolve(specifier, context);
      const { href } = pathToFileURL(file);
      return resolveInstance(href, `?instance=${instance}`, context, nextResolve);
    },
    load(url, context, nextLoad) {
      if (!isKataCode(url)) return nextLoad(url, context);
      try {
        const source = `${strippedFile(fileURLToPath(url))}${canariesAfter(url)}`;
        return { format: 'module', source, shortCircuit: true };
      } catch {
        // Node's own loader tells of it, with the line.
        return nextLoad(url, context);
      }
    },
  });
}

type NextResolve = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;

function resolveInstance(
  href: string,
  query: string,
  context: ResolveHookContext,
  nextResolve: NextResolve,
): ResolveFnOutput {
  const known = found.get(href);
  if (known !== undefined) return { ...known, url: `${known.url}${query}`, shortCircuit: true };
  const result = nextResolve(`${href}${query}`, context);
  if (href.endsWith('.ts') && result.url.endsWith(query)) {
    found.set(href, { ...result, url: result.url.slice(0, -query.length) });
  }
  return result;
}

/** @throws where the file is not there, or cannot be read as TypeScript. */
function strippedFile(file: string): string {
  const known = stripped.get(file);
  if (known !== undefined) return known;
  const text = stripTypes(readFileSync(file, 'utf8'));
  stripped.set(file, text);
  return text;
}

function submissionFolder(id: string, from: string): string {
  const known = prepared.get(id);
  if (known !== undefined) return known.folder;
  const kata = readKata(id);
  const folder = prepareSubmission(kata, from);
  prepared.set(id, { kata, folder });
  return folder;
}

const canaryModule = new URL('../verdict/plant-canaries.ts', import.meta.url).href;

/** In a sealed run a spec ends with two tests more: whatever the answer did, they come after it. */
function canariesAfter(url: string): string {
  if (sealedRun() === null || !/\.spec\.ts(?:\?.*)?$/.test(url)) return '';
  return `\n;(await import(${JSON.stringify(canaryModule)})).plantCanaries('after');\n`;
}

/** Whether the answer that is judged now may import the module `name`. */
export function mayImport(name: string): boolean {
  return [...prepared.values()].some(({ kata }) => allowsImport(kata, name));
}

/**
 * In a sealed run, holds an answer to the modules that its kata names.
 *
 * @throws {KataImportError} for any other.
 */
function refuseForeignImport(specifier: string, parentFile: string, query: string): void {
  if (query === '' || sealedRun() === null) return;
  for (const { kata, folder } of prepared.values()) {
    const name = path.relative(folder, parentFile);
    // What is given with a kata may import what it needs.
    if (!kata.files.includes(name)) continue;
    if (specifier.startsWith('.')) {
      const target = path.relative(folder, path.resolve(path.dirname(parentFile), specifier));
      if (!target.startsWith('..')) return;
    } else if (allowsImport(kata, specifier) || isGiven(kata, specifier)) return;
    const allowed = [...kata.modules, ...modulesForAll].join(', ');
    throw new KataImportError(
      `${name} imports '${specifier}'. An answer to this kata may import ${allowed}.`,
    );
  }
}

/** An answer imports what its kata does not name. */
class KataImportError extends Error {
  override readonly name = 'KataImportError';
}

/** Whether `specifier` is the address of a file that is given with the kata. */
function isGiven(kata: Kata, specifier: string): boolean {
  if (!specifier.startsWith('file:')) return false;
  const name = path.relative(kata.directory, fileURLToPath(specifier));
  return allowsImport(kata, `./${name}`);
}

function kataOfSpec(file: string): string | null {
  if (!file.endsWith('.spec.ts')) return null;
  const relative = path.relative(katasDirectory, file).split(path.sep);
  return relative.length === 2 && relative[0] !== '..' ? relative[0]! : null;
}

function isKataCode(url: string): boolean {
  return /\.ts\?instance=\d+$/.test(url) || /\/katas\/[^/]+\/[^/]+\.spec\.ts(?:\?.*)?$/.test(url);
}

function splitQuery(url: string): [file: string, query: string] {
  const at = url.indexOf('?instance=');
  return at < 0 ? [fileURLToPath(url), ''] : [fileURLToPath(url.slice(0, at)), url.slice(at)];
}
