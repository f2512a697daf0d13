import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';
import { median } from './statistics.ts';

/** What a whole process took: wall-clock milliseconds, medians over the runs. */
export interface StartUpFigures {
  readonly runs: number;
  readonly kataMs: number;
  readonly bareMs: number;
  /** `kataMs / bareMs`; at most 1.1 is promised. */
  readonly ratio: number;
}

/**
 * Measures `npm test katas/03` on its solution, without npm's own start, beside a default `vitest run` on a spec with one empty test,
 * in turns, so that both meet the same machine.
 */
export async function benchStartUp(runs = 11): Promise<StartUpFigures> {
  const bare = path.join(projectRoot, '.kata', `bench-${process.pid}`);
  mkdirSync(bare, { recursive: true });
  writeFileSync(
    path.join(bare, 'empty.spec.ts'),
    "import { test } from 'vitest';\n\ntest('empty', () => {});\n",
  );
  writeFileSync(path.join(bare, 'vitest.config.ts'), 'export default {};\n');
  const vitest = path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const kata = { words: [...wordsOfTest(), 'katas/03'], cwd: projectRoot };
  const empty = { words: [vitest, 'run'], cwd: bare };

  try {
    const [kataMs, bareMs]: [number[], number[]] = [[], []];
    // The first of each fills the caches.
    for (let run = 0; run <= runs; run++) {
      const [own, other] = [await wholeProcessMs(kata), await wholeProcessMs(empty)];
      if (run === 0) continue;
      kataMs.push(own);
      bareMs.push(other);
    }
    return {
      runs,
      kataMs: median(kataMs),
      bareMs: median(bareMs),
      ratio: median(kataMs) / median(bareMs),
    };
  } finally {
    rmSync(bare, { recursive: true });
  }
}

/** The command behind `npm test`, without the word `node`. */
function wordsOfTest(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    scripts: { test: string };
  };
  return scripts.test.split(' ').slice(1);
}

async function wholeProcessMs(command: { words: string[]; cwd: string }): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, command.words, {
    cwd: command.cwd,
    env: { ...process.env, KATAS_FROM: 'solutions', CI: '' },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0)
    throw new Error(`Expected ${command.words.join(' ')} to be green, got exit code ${code}.`);
  return performance.now() - began;
}
