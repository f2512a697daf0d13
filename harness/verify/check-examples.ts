import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';
import type { Check } from './check.ts';
import type { CodeBlock } from './markdown.ts';
import { runTool } from './run-tool.ts';

/** A code block marked `ts check`, and the document that it stands in. */
export interface Example {
  readonly document: string;
  readonly block: CodeBlock;
}

/** Checks the types of the examples, with the rules of the whole checkout; resolves with a check for each. */
export async function checkExamples(examples: readonly Example[]): Promise<Check[]> {
  if (examples.length === 0) return [];
  // Inside the checkout, where an example finds its packages and `#harness`.
  const folder = path.join(projectRoot, '.kata', 'examples', String(process.pid));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    for (const [index, { block }] of examples.entries()) {
      // An example is a module, and its lines are counted as in the document.
      const source = `${'\n'.repeat(block.line - 1)}${block.code}\nexport {};\n`;
      writeFileSync(path.join(folder, `${index}.ts`), source);
    }
    const settings = {
      extends: path.join(projectRoot, 'tsconfig.json'),
      compilerOptions: { noUnusedLocals: false },
      include: ['*.ts'],
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const { code, output } = await runTool('tsc', ['-p', folder, '--pretty', 'false']);
    return examples.map((example, index) => checkOf(example, index, code, output));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkOf(
  { document, block }: Example,
  index: number,
  code: number | null,
  output: string,
): Check {
  const own = new RegExp(
    String.raw`(?:^|[\\/])${index}\.ts\((?<line>\d+),\d+\): (?<message>.*)`,
    'gm',
  );
  const matches = [...output.matchAll(own)];
  // What the compiler says of none of the examples concerns them all.
  const other = code !== 0 && !/[\\/]\d+\.ts\(\d+,\d+\): /.test(output);
  const advice = 'Mend the example: people copy it.';
  const where = `${document}:${block.line}`;
  return {
    name: `example at ${where}`,
    problems: other
      ? [{ where, found: `It could not be checked: ${output}`, advice }]
      : matches.map(({ groups }) => ({
          where: `${document}:${groups!['line']}`,
          found: groups!['message']!,
          advice,
        })),
  };
}
