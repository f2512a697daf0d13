import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { runsElsewhere } from './verify/runs-elsewhere.ts';

/** The tests of the harness itself. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['harness/**/*.test.ts'],
    pool: 'forks',
    // Vitest leaves a CPU to itself, and with two of them runs one file at a time; most tests here wait for processes and timers.
    maxWorkers: availableParallelism(),
    experimental: { viteModuleRunner: false },
    // No test rests on it: it only ends one that hangs, and a busy machine may take its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['harness/**/*.ts'],
      exclude: [
        'harness/**/*.test.ts',
        'harness/**/fixtures/**',
        'harness/classroom/attacks/corpus/**',
        ...runsElsewhere.map(({ file }) => file),
      ],
      thresholds: { lines: 90 },
    },
  },
});
