import { defineConfig } from 'vitest/config';

/** The tests of the harness itself. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['harness/**/*.test.ts'],
    pool: 'forks',
    experimental: { viteModuleRunner: false },
    coverage: {
      provider: 'v8',
      include: ['harness/**/*.ts'],
      exclude: ['harness/**/*.test.ts', 'harness/**/fixtures/**'],
    },
  },
});
