import type { ViteUserConfig } from 'vitest/config';

/** The katas' own configuration: `npx vitest run katas/03` and an editor's extension use it as it is. */
export default {
  test: {
    include: ['katas/*/*.spec.ts'],
    pool: 'forks',
    // Node itself loads the .ts files: exact lines without source maps, native `await using`, and no transform that
    // Vitest could cache for one submission and serve to the next.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    setupFiles: ['./harness/setup.js'],
    reporters: ['./harness/report/vitest-reporter.ts'],
    // The memory that a kata may have: more than any right answer needs, little enough that a leak ends in seconds.
    // A larger nursery, because most of what a short run makes is garbage soon.
    execArgv: ['--max-old-space-size=256', '--max-semi-space-size=32'],
  },
} satisfies ViteUserConfig;
