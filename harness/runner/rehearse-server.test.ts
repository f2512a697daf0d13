import { expect, test } from 'vitest';
import { rehearseServer } from './rehearse-server.ts';

test('the rehearsal of a server is over before anything else can come by message', async () => {
  let turns = 0;
  const next = setImmediate(() => (turns += 1));

  await rehearseServer();
  clearImmediate(next);

  expect(turns).toBe(0);
});
