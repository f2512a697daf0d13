import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';
import type { Check, StepReport } from './check.ts';
import { checkCommands } from './check-commands.ts';
import { checkExamples } from './check-examples.ts';
import type { Example } from './check-examples.ts';
import { checkLinks } from './check-links.ts';
import { readMarkdown } from './markdown.ts';

const notOurs = new Set(['node_modules', '.kata', '.git', 'coverage']);

/** Checks every Markdown file below `root`: its links, the npm commands that it shows, the examples marked `ts check`. */
export async function checkDocs(root: string = projectRoot): Promise<StepReport> {
  const scripts = scriptsOf(root);
  const files = globSync('**/*.md', { cwd: root, exclude: (name) => notOurs.has(name) });
  const examples: Example[] = [];
  const checks = files.toSorted().map((file): Check => {
    const document = readMarkdown(readFileSync(path.join(root, file), 'utf8'));
    const name = file.split(path.sep).join('/');
    for (const block of document.blocks) {
      if (/^ts check\b/.test(block.info)) examples.push({ document: name, block });
    }
    return {
      name,
      problems: [
        ...checkLinks(path.join(root, file), document, name),
        ...checkCommands(document, name, scripts),
      ],
    };
  });
  return { checks: [...checks, ...(await checkExamples(examples))], notes: [] };
}

function scriptsOf(root: string): string[] {
  const { scripts }: { scripts?: Record<string, string> } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  return Object.keys(scripts ?? {});
}
