import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests that need a Redis server: `npm run verify -- --all` runs them where the system has one. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['harness/classroom/queue/*.redis.ts'],
    pool: 'forks',
    experimental: { viteModuleRunner: false },
    // No test rests on it: it only ends one that hangs, and a busy machine may take its time.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
