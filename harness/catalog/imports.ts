/** One import of a source file. */
export interface Import {
  readonly module: string;
  /** Whether it vanishes when the types are stripped. */
  readonly typeOnly: boolean;
  /** Counted from 1. */
  readonly line: number;
}

const pattern =
  /^[ \t]*(?:import|export)\s+(?<type>type\s+)?(?:[\w*{][^'";]*?\sfrom\s*)?['"](?<from>[^'"\n]+)['"]|\b(?:import|require|getBuiltinModule|createRequire\([^)]*\))\(\s*['"`](?<called>[^'"`\n]+)['"`]/gm;

/**
 * The modules that a TypeScript source names: `import … from`, `export … from`, `import('…')`, `require('…')`.
 *
 * It reads the text, not the syntax: a name that is put together while the program runs stays unseen, and an import that stands in a
 * comment counts. It keeps honest authors right; it is no fence against students.
 */
export function findImports(source: string): Import[] {
  return [...source.matchAll(pattern)].map((match) => ({
    module: match.groups!['from'] ?? match.groups!['called']!,
    typeOnly: match.groups!['type'] !== undefined,
    line: source.slice(0, match.index).split('\n').length,
  }));
}
