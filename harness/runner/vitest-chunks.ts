import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Parts of Vitest that its worker loads only when it is told to run tests (`runBaseTests` and `resolveSnapshotEnvironment`, Vitest 5.1). */
export const lateChunks = ['native', 'nativeModuleRunner', 'console', 'node'] as const;

/**
 * The addresses of `lateChunks`: loaded beforehand, they come out of Node's cache. The names of their files end with a hash, another in each version of Vitest.
 *
 * @param directory the folder `dist/chunks/` of Vitest.
 */
export function lateChunksIn(directory: string): string[] {
  const files = readdirSync(directory);
  return lateChunks.flatMap((name) =>
    files
      .filter((file) => file.startsWith(`${name}.`) && file.endsWith('.js'))
      .map((file) => pathToFileURL(`${directory}/${file}`).href),
  );
}
