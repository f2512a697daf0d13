import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { withLateParts } from './late-parts.ts';

test('a first server of Fastify, its schema and its requests load nothing more', async () => {
  const program = `
    import { createRequire } from 'node:module';
    const { cache } = createRequire(import.meta.url);
    for (const name of ${JSON.stringify(withLateParts('fastify'))}) await import(name);
    const { rehearseServer } = await import('./harness/runner/rehearse-server.ts');
    const before = new Set(Object.keys(cache));
    await rehearseServer();
    console.log(JSON.stringify([before.size, Object.keys(cache).filter((file) => !before.has(file))]));
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd: projectRoot },
  );

  const [before, more] = JSON.parse(stdout) as [number, string[]];
  expect(before).toBeGreaterThan(100);
  expect(more).toEqual([]);
});

test('a package of which nothing more is known stands for itself', () => {
  expect(withLateParts('undici')).toEqual(['undici']);
});
