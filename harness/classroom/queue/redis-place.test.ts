import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { GradeUsageError } from '../command/grade-usage-error.ts';
import { checkRedis, redisPlace } from './redis-place.ts';

test('an address is shown without its user and password', () => {
  const { url, shown } = redisPlace('rediss://teacher:secret@example.org:6380/2');

  expect(url).toContain('secret');
  expect(shown).toBe('rediss://example.org:6380/2');
});

test.each(['', 'localhost:6379', 'http://localhost', 'redis://'])('"%s" is no address', (text) => {
  expect(() => redisPlace(text)).toThrow(GradeUsageError);
});

test('a server that is not there is told with what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');

  await expect(checkRedis(redisPlace(`redis://127.0.0.1:${port}`))).rejects.toThrow(
    /^Expected a Redis server at redis:\/\/127\.0\.0\.1:\d+, got: connect ECONNREFUSED/,
  );
});
