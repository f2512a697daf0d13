import { checkGit } from './check-git.ts';
import { checkLoopback } from './check-loopback.ts';
import { checkCores, checkMemory } from './check-machine.ts';
import { checkNode } from './check-node.ts';
import { checkNoise } from './check-noise.ts';
import { checkPackages } from './check-packages.ts';
import { checkStateFolder } from './check-state-folder.ts';
import type { Finding } from './finding.ts';

/** Examines this machine and this checkout, one thing after another: the noise is measured while nothing else is done. */
export async function* examine(): AsyncGenerator<Finding> {
  yield checkNode();
  yield checkPackages();
  yield checkGit();
  yield await checkLoopback();
  yield checkCores();
  yield checkMemory();
  yield checkStateFolder();
  yield await checkNoise();
}
