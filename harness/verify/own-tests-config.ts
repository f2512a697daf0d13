import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The configuration of tests that need more of the system than others: `npm run verify -- --all` runs them where it has that. */
export function ownTestsConfig(include: string): ViteUserConfig {
  return defineConfig({
    test: {
      root: fileURLToPath(new URL('../..', import.meta.url)),
      include: [include],
      pool: 'forks',
      experimental: { viteModuleRunner: false },
      // No test rests on it: it only ends one that hangs, and a busy machine may take its time.
      testTimeout: 240_000,
      hookTimeout: 120_000,
    },
  });
}
