import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests that need a terminal: `npm run verify -- --all` runs them where the system has tmux. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['harness/verify/*.terminal.ts'],
    pool: 'forks',
    experimental: { viteModuleRunner: false },
    // No test rests on it: it only ends one that hangs, and a busy machine may take its time.
    testTimeout: 240_000,
  },
});
