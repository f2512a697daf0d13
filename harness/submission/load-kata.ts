import path from 'node:path';
import type { Explained, FailureKind } from '../trace/explained.ts';
import { authorPath, blamedFrame, parseStack } from '../trace/source-location.ts';
import type { SourceLocation } from '../trace/source-location.ts';
import { startFreshInstance } from './redirect.ts';

/** A kata's file could not be loaded, or does not export what its contract names. */
export class KataLoadError extends Error implements Explained {
  override readonly name = 'KataLoadError';
  readonly kind: FailureKind;
  readonly location: Pick<SourceLocation, 'file' | 'line'> | null;

  constructor(
    kind: FailureKind,
    message: string,
    options: { cause?: unknown; location?: Pick<SourceLocation, 'file' | 'line'> | null } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.location = options.location ?? null;
  }
}

/**
 * Makes the function by which a spec gets at the learner's module.
 *
 * Each call loads a fresh instance of it, so that no test sees the state of another. A spec calls it inside its tests only:
 * so a file that does not parse, throws or never ends is the failure of a test, told with its line.
 *
 * @param importer imports the kata's file by its plain relative path, as in `() => import('./three-fetches.ts')`, which keeps
 *   the learner's types and lets an editor jump to the file.
 * @returns a function that rejects with `KataLoadError` where the file cannot be loaded. Reading an export that the file does not have
 *   throws one too.
 */
export function kata<Module extends object>(
  importer: () => Promise<Module>,
): () => Promise<Module> {
  return async () => {
    startFreshInstance();
    try {
      return withNamedExports(await importer(), importer);
    } catch (error) {
      throw explainImport(error, importer);
    }
  };
}

function withNamedExports<Module extends object>(
  module: Module,
  importer: () => Promise<Module>,
): Module {
  return new Proxy(module, {
    get(target, name) {
      // An `await` of this proxy asks for `then`; a symbol is asked for by whoever prints it.
      if (name in target || typeof name === 'symbol' || name === 'then') {
        return Reflect.get(target, name);
      }
      throw new KataLoadError(
        'missing-export',
        `${fileName(importer)} does not export \`${name}\`. The section "Contract" of the kata's README says what it is.`,
      );
    },
  });
}

function explainImport(error: unknown, importer: () => Promise<object>): KataLoadError {
  if (error instanceof KataLoadError) return error;
  if (!(error instanceof Error)) {
    return new KataLoadError(
      'import',
      `${fileName(importer)} threw a value while it was loaded: ${String(error)}.`,
      { cause: error },
    );
  }
  if (isExplained(error))
    return new KataLoadError(error.kind, error.message, {
      cause: error,
      location: error.location ?? null,
    });

  const code = (error as NodeJS.ErrnoException).code;
  const location = syntaxErrorLocation(error) ?? blamedFrame(parseStack(error.stack ?? ''));
  const reason = firstLine(error.message);
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
    return new KataLoadError(
      'import',
      `${fileName(importer)} imports something that is not there: ${moduleName(reason)}.`,
      {
        cause: error,
        location,
      },
    );
  }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return new KataLoadError(
      'import',
      `${fileName(importer)} cannot be run by Node as it is: ${reason.replace(/\.$/, '')}. ${moreThanTypes(reason)}`,
      { cause: error, location },
    );
  }
  if (error instanceof SyntaxError) {
    return new KataLoadError(
      'import',
      `${fileName(importer)} cannot be read as TypeScript: ${reason}`,
      {
        cause: error,
        location,
      },
    );
  }
  return new KataLoadError(
    'import',
    `${fileName(importer)} threw while it was loaded, before any of its functions was called: ${error.name}: ${reason}`,
    { cause: error, location },
  );
}

/** What to write in place of TypeScript that has a meaning when it runs: the type stripper names it, by these words. */
function moreThanTypes(reason: string): string {
  const [, instead] = insteadOf.find(([words]) => reason.includes(words)) ?? [];
  const why = 'Node takes the types out of a `.ts` file, and this is more than a type.';
  return instead === undefined ? why : `${why} ${instead}`;
}

const insteadOf: readonly (readonly [words: string, instead: string])[] = [
  [
    'parameter property',
    'Declare the field above the constructor, and set it inside: `this.name = name`.',
  ],
  ['enum', "Write an object: `const Color = { red: 'red' } as const`."],
  ['namespace', 'Write an object, or a file of its own.'],
  ['import equals', 'Write `import … from …`.'],
  ['export assignment', 'Write `export default …`, or `export { … }`.'],
];

function isExplained(error: Error): error is Explained {
  return typeof (error as Partial<Explained>).kind === 'string';
}

/** The line that V8 and the type stripper print above the message of a syntax error. */
function syntaxErrorLocation(error: Error): Pick<SourceLocation, 'file' | 'line'> | null {
  const match = /^(?<file>(?:file:|\/|[A-Za-z]:\\).*?):(?<line>\d+)$/m.exec(error.stack ?? '');
  return match?.groups ? { file: match.groups['file']!, line: Number(match.groups['line']) } : null;
}

function moduleName(message: string): string {
  const quoted = /'(?<name>[^']+)'/.exec(message)?.groups?.['name'];
  return quoted === undefined
    ? message
    : `'${path.isAbsolute(quoted) ? path.basename(authorPath(quoted)) : quoted}'`;
}

function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** The name that the spec wrote: the importer's source is the one place where it stands. */
function fileName(importer: () => Promise<object>): string {
  return (
    /import\(\s*['"`](?:\.\/)?(?<name>[^'"`]+)['"`]/.exec(importer.toString())?.groups?.['name'] ??
    "The kata's file"
  );
}
