import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { lateChunks, lateChunksIn } from './vitest-chunks.ts';

const directory = path.join(projectRoot, 'node_modules', 'vitest', 'dist', 'chunks');

test('this version of Vitest has each of the parts', () => {
  const names = lateChunksIn(directory).map((url) => path.basename(url).split('.')[0]);

  expect(names).toEqual([...lateChunks]);
});

test('each of them can be loaded', async () => {
  const modules = await Promise.all(
    lateChunksIn(directory).map((url) => import(url) as Promise<object>),
  );

  for (const module of modules) expect(Object.keys(module)).not.toEqual([]);
});
