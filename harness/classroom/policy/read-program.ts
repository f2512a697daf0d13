import { spawnSync } from 'node:child_process';
import { parse } from 'acorn';
import type { Program } from 'acorn';
import { stripForeignTypes } from './strip-foreign-types.ts';

/**
 * The syntax tree of a file that Node would load as a module, with its lines where they stand in the TypeScript. The types are not taken from the cache
 * of `submission/`: its files lie where an answer that is judged without a sandbox could write, and what is looked at here has to be what was handed in.
 *
 * @returns `null` where Node cannot read the file either: it will never run, and the one who loads it tells the learner why.
 *   `'unknown'` where Node reads it and we do not, `'nested'` where it is nested too deeply for our stack, and a thread with a larger one could read
 *   it: nobody has looked at what it does.
 */
export async function readModule(source: string): Promise<Program | 'unknown' | 'nested' | null> {
  const stripped = await stripForeignTypes(source);
  if (stripped.javaScript === null) return stripped.because === 'nesting' ? 'nested' : null;
  const { javaScript } = stripped;
  return parseAs('module', javaScript) ?? (isReadByNode(javaScript) ? 'unknown' : null);
}

/** The syntax tree of a program that stands in a string: a worker's, or one for `node -e`. */
export function readInlineProgram(source: string): Program | null {
  return parseAs('module', source) ?? parseAs('script', source);
}

function parseAs(sourceType: 'module' | 'script', source: string): Program | null {
  try {
    return parse(source, {
      ecmaVersion: 'latest',
      sourceType,
      locations: true,
      allowReturnOutsideFunction: sourceType === 'script',
    });
  } catch {
    return null;
  }
}

/** Syntax that is too new for the parser would otherwise be a way past every rule. Nothing is run. */
function isReadByNode(javaScript: string): boolean {
  const { status } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: javaScript,
    stdio: ['pipe', 'ignore', 'ignore'],
    timeout: 60_000,
  });
  return status === 0;
}
