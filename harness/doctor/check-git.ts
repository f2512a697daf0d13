import { spawnSync } from 'node:child_process';
import type { Finding } from './finding.ts';

/** Tells whether there is git; only tests name another program. */
export function checkGit(program = 'git'): Finding {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (status === 0) {
    return { name: 'git', state: 'ok', text: stdout.trim().replace(/^git version /, '') };
  }
  return {
    name: 'git',
    state: 'limited',
    text: 'none',
    advice:
      'The katas do without. `npm run compare` needs it where the solutions are a branch: https://git-scm.com/downloads',
  };
}
