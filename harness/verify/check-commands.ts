import type { Problem } from '../catalog/problem.ts';
import type { Markdown } from './markdown.ts';

/** What npm does without a script. */
const ownCommands = new Set([
  'ci',
  'install',
  'i',
  'exec',
  'pack',
  'config',
  'ls',
  'cache',
  'view',
]);

/** Checks that the scripts which a document tells people to run, in `sh` blocks and inside of lines, are in package.json. */
export function checkCommands(
  document: Markdown,
  name: string,
  scripts: readonly string[],
): Problem[] {
  const shown = [
    ...document.inlineCode,
    ...document.blocks
      .filter(({ info }) => /^(?:sh|bash|console|shell)\b/.test(info))
      .flatMap((block) =>
        block.code.split('\n').map((code, index) => ({ code, line: block.line + index })),
      ),
  ];
  return shown.flatMap(({ code, line }) =>
    scriptsIn(code)
      .filter((script) => !scripts.includes(script))
      .map((script) => ({
        where: `${name}:${line}`,
        found: `It shows \`${code.trim()}\`, but package.json has no script "${script}".`,
        advice: 'Mend the command, or add the script.',
      })),
  );
}

function scriptsIn(code: string): string[] {
  const withoutComment = code.replace(/(?:^|\s)#.*$/, '');
  return [
    ...withoutComment.matchAll(
      /(?:^|[\s;&|$(])npm (?<run>run(?:-script)? )?(?<word>[a-z][\w:-]*)/g,
    ),
  ]
    .filter(({ groups }) => groups!['run'] !== undefined || !ownCommands.has(groups!['word']!))
    .map(({ groups }) => groups!['word']!);
}
