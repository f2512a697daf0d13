import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { runsElsewhere } from './verify/runs-elsewhere.ts';

const tests = ['harness/**/*.test.ts'];

/** They run whole commands, or hold the loop until somebody notices: some of them take ten seconds and more. */
const slow = 'harness/**/*.slow.test.ts';

/**
 * Tests that leave the process as they found it. They share a few processes, because to start one takes longer than most of them run. Those of the
 * clock, the loop and the verdict have one each: they replace what belongs to Node.
 */
const sharing = [
  'harness/{bench,catalog,classroom,cli,demo,doctor,learner,page,publish,report,runner,submission,trace,verify,world}/**/*.test.ts',
];

/** The tests of the harness itself. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    projects: [
      { extends: true, test: { name: 'own process', include: tests, exclude: [...sharing, slow] } },
      {
        extends: true,
        test: { name: 'shared process', include: sharing, exclude: [slow], isolate: false },
      },
      { extends: true, test: { name: 'slow', include: [slow] } },
    ],
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
