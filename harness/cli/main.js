import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
// Plain JavaScript that an old Node can read: it says in one sentence what is missing, where the rest would end in a stack trace.
const [major] = process.versions.node.split('.').map(Number);
if (major !== 24 && major < 26) {
  console.error(
    `These katas need Node 24, or 26 and newer; this is ${process.version}. Run \`npm ci\` (without --ignore-scripts): it brings the right Node along.`,
  );
  process.exitCode = 2;
} else {
  const { enableCompileCache } = await import('node:module');
  // Before anything else is loaded: it is what makes the second run start sooner.
  enableCompileCache(fileURLToPath(new URL('../../.kata/compile-cache', import.meta.url)));
  const { quickenImports } = await import('../runner/quick-imports.ts');
  quickenImports();
  const [command, ...words] = process.argv.slice(2);
  process.argv.splice(2, Infinity, ...words);
  const program = new URL(`./${command}.ts`, import.meta.url);
  if (/^[a-z]+(?:-[a-z]+)*$/.test(command ?? '') && existsSync(program)) {
    try {
      await import(program.href);
    } catch (error) {
      // Of a package, not of a file of this project: that would be a defect, and keeps its stack.
      if (!String(error?.message).startsWith('Cannot find package')) throw error;
      console.error('The packages that the katas need are not installed here. Run `npm ci`.');
      process.exitCode = 2;
    }
  } else {
    console.error(`There is no command "${command ?? ''}". README.md lists them.`);
    process.exitCode = 2;
  }
}
