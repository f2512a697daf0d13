import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

const root = new URL('../../', import.meta.url).href;

/** Folders whose files import each other by relative names, and what kind of files they are. */
const known = [
  { under: `${root}harness/`, ending: '.ts', format: 'module-typescript' },
  { under: `${root}node_modules/vitest/dist/`, ending: '.js', format: 'module' },
  { under: `${root}node_modules/vite/dist/`, ending: '.js', format: 'module' },
  { under: `${root}node_modules/rolldown/dist/`, ending: '.mjs', format: 'module' },
  { under: `${root}node_modules/undici/`, ending: '.js', format: 'commonjs' },
];

export interface QuickImport {
  readonly url: string;
  readonly format: string;
}

/**
 * Tells Node where some three hundred files of the harness, of Vitest and of undici lie, and of what kind they are. Node finds out itself, but asks the
 * file system several times for each of them: a tenth of the start of `npm test`.
 */
export function quickenImports(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = quickImport(specifier, context.parentURL);
      return found === null ? nextResolve(specifier, context) : { ...found, shortCircuit: true };
    },
  });
}

/** What Node would find for `specifier` in the file with the URL `parent`; null where that is not known. */
export function quickImport(specifier: string, parent: string | undefined): QuickImport | null {
  if (parent === undefined || !specifier.startsWith('.')) return null;
  const folder = known.find(({ under }) => parent.startsWith(under));
  if (folder === undefined) return null;
  const { ending, format } = folder;
  if (specifier.endsWith(ending)) return { url: new URL(specifier, parent).href, format };
  if (format !== 'commonjs') return null;
  // `require('./client')` is `client.js`, unless it is a folder.
  const url = new URL(`${specifier}${ending}`, parent);
  return existsSync(url) ? { url: url.href, format } : null;
}
