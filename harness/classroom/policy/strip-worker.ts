// Takes the types off one file after another. It runs in a thread of its own: see `strip-foreign-types.ts`.
import { stripTypeScriptTypes } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { Stripped } from './strip-foreign-types.ts';

// Node warns that the function is experimental; nobody can do anything with that.
process.emitWarning = () => {};

parentPort!.on('message', (source: string) => {
  parentPort!.postMessage(strip(source));
});

function strip(source: string): Stripped {
  try {
    return { javaScript: stripTypeScriptTypes(source) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isSyntax = /^ERR_(?:INVALID|UNSUPPORTED)_TYPESCRIPT_SYNTAX$/.test(code ?? '');
    return { javaScript: null, because: isSyntax ? 'syntax' : 'nesting' };
  }
}
