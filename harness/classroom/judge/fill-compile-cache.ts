import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagesOf, readKatas } from '../../catalog/kata.ts';
import type { Kata } from '../../catalog/kata.ts';
import type { ConfinementLimits } from '../../runner/confinement.ts';
import type { SessionPool } from '../../runner/session-pool.ts';
import { StudentSandbox } from './student-sandbox.ts';

const spec = fileURLToPath(new URL('rehearsal.spec.ts', import.meta.url));

/**
 * Lets a process that loads no answer leave what Node made of the harness and of the packages, once for each state of them: each test process then
 * starts in half the time, and does with less what the rehearsal has done. Processes with answers can only read it.
 *
 * @param pool whose processes judge later.
 * @throws {Error} where the rehearsal does not come to its end.
 */
export async function fillCompileCache(
  pool: SessionPool,
  limits: ConfinementLimits,
  isUnsafe: boolean,
): Promise<void> {
  using sandbox = StudentSandbox.open(limits, { isUnsafe, fillsCompileCache: true });
  const { answers, confinement } = sandbox;
  const folder = confinement.environment['NODE_COMPILE_CACHE']!;
  const marker = path.join(folder, 'filled');
  if (existsSync(marker)) return;

  chmodSync(folder, 0o777);
  try {
    const { tests, problem } = await pool.run(rehearsal(), { submission: answers, confinement });
    const last = tests.at(-1);
    if (last?.verdict !== 'pass') {
      const why = problem?.message ?? last?.failure?.message ?? 'no test ran.';
      throw new Error(`Expected the rehearsal of the grader to come to its end: ${why}`);
    }
  } finally {
    chmodSync(folder, 0o755);
  }
  writeFileSync(marker, '');
  removeOthers(folder);
}

/** A spec that needs no answer. */
export function rehearsal(): Kata {
  const packages = new Set(readKatas().flatMap(packagesOf));
  return {
    id: 'rehearsal',
    number: '',
    slug: 'rehearsal',
    directory: path.dirname(spec),
    spec,
    title: 'Rehearsal',
    part: 0,
    evidence: [],
    goal: '',
    files: [],
    modules: [...packages],
  };
}

/** Those of earlier states of the harness. */
function removeOthers(folder: string): void {
  const parent = path.dirname(folder);
  for (const name of readdirSync(parent)) {
    if (!name.startsWith('compile-cache-') || name === path.basename(folder)) continue;
    rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}
