import { spawnSync } from 'node:child_process';
import { stripTypeScriptTypes } from 'node:module';
import { parse } from 'acorn';
import type { Program } from 'acorn';

/**
 * The syntax tree of a file that Node would load as a module, with its lines where they stand in the TypeScript.
 *
 * @returns `null` where Node cannot read the file either: it will never run, and the one who loads it tells the learner why.
 *   `'unknown'` where Node reads it and we do not: nobody has looked at what it does.
 */
export function readModule(source: string): Program | 'unknown' | null {
  const javaScript = stripTypes(source);
  if (javaScript === null) return null;
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

/**
 * Not by the cache of `submission/`: its files lie where an answer that is judged without a sandbox could write, and what is looked at
 * here has to be what was handed in.
 */
function stripTypes(source: string): string | null {
  // oxlint-disable-next-line typescript/unbound-method -- only put back where it was
  const { emitWarning } = process;
  // Node warns that the function is experimental; nobody can do anything with that.
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } catch {
    return null;
  } finally {
    process.emitWarning = emitWarning;
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
