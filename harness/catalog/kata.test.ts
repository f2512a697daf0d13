import { expect, test } from 'vitest';
import { packagesOf, readKata } from './kata.ts';

test("the packages of a kata are what is neither Node's own nor given", () => {
  const kata = readKata('03-three-fetches');

  expect(
    packagesOf({ ...kata, modules: ['undici', 'node:fs', './pool.ts', '@fastify/x'] }),
  ).toEqual(['undici', '@fastify/x']);
});
