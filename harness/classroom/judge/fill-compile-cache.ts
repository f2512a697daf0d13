import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packagesOf, readKatas } from '../../catalog/kata.ts';
import type { ConfinementLimits } from '../../runner/confinement.ts';
import { StudentSandbox } from './student-sandbox.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('load-harness.ts', import.meta.url));

/**
 * Lets a process that loads no answer leave what Node made of the harness and of the packages, once for each state of them: each test process then
 * starts in half the time. Processes with answers can only read it.
 */
export async function fillCompileCache(
  limits: ConfinementLimits,
  isUnsafe: boolean,
): Promise<void> {
  using sandbox = StudentSandbox.open(limits, { isUnsafe, fillsCompileCache: true });
  const { command, words, environment, user } = sandbox.confinement;
  const folder = environment['NODE_COMPILE_CACHE']!;
  const marker = path.join(folder, 'filled');
  if (existsSync(marker)) return;

  const packages = new Set(readKatas().flatMap(packagesOf));
  chmodSync(folder, 0o777);
  try {
    await run(command, [...words, process.execPath, program, ...packages], {
      env: environment,
      ...user,
    });
  } finally {
    chmodSync(folder, 0o755);
  }
  writeFileSync(marker, '');
  removeOthers(folder);
}

/** Those of earlier states of the harness. */
function removeOthers(folder: string): void {
  const parent = path.dirname(folder);
  for (const name of readdirSync(parent)) {
    if (!name.startsWith('compile-cache-') || name === path.basename(folder)) continue;
    rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}
