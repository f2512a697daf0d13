import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf } from '../catalog/message-of.ts';
import { readStarters } from '../learner/starters.ts';
import { collectEdition } from '../publish/edition-files.ts';
import { proveEdition } from '../publish/prove-edition.ts';
import { writeEdition } from '../publish/write-edition.ts';
import { projectRoot } from '../trace/source-location.ts';
import type { StepReport } from './check.ts';
import { runTool } from './run-tool.ts';

/** Proves that the students' edition can be installed and judges a kata; `prove` is another proof only in tests. */
export async function checkEdition(prove: typeof proveEdition = proveEdition): Promise<StepReport> {
  const name = "the students' edition works";
  const parent = mkdtempSync(path.join(tmpdir(), 'an edition '));
  try {
    await writeEdition(collectEdition(projectRoot, readStarters()), {
      root: projectRoot,
      out: path.join(parent, 'students'),
      prove: (folder) => prove(folder, projectRoot),
    });
    return { checks: [{ name, problems: [] }], notes: [] };
  } catch (error) {
    const advice = 'Do it by hand: npm run edition -- --out <folder> --check';
    const problem = { where: 'harness/publish', found: messageOf(error), advice };
    return { checks: [{ name, problems: [problem] }], notes: [] };
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** What the system lacks to install an edition; null where it has npm. */
export async function missingForEdition(tool = 'npm'): Promise<string | null> {
  try {
    const { code } = await runTool(tool, ['--version']);
    return code === 0 ? null : 'npm';
  } catch {
    return 'npm';
  }
}
