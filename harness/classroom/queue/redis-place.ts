import { Redis } from 'ioredis';
import { messageOf } from '../../catalog/message-of.ts';
import { GradeUsageError } from '../command/grade-usage-error.ts';
import { QueueError } from './queue-error.ts';

/** Where a Redis server listens. */
export interface RedisPlace {
  /** With the password, where there is one: never shown. */
  readonly url: string;
  /** What may be shown. */
  readonly shown: string;
}

/** @throws {GradeUsageError} where `text` is no address such as `redis://127.0.0.1:6379`. */
export function redisPlace(text: string): RedisPlace {
  const url = URL.parse(text);
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new GradeUsageError(
      'Expected --queue to be an address such as redis://127.0.0.1:6379, or rediss:// with TLS.',
    );
  }
  return { url: text, shown: `${url.protocol}//${url.host}${url.pathname}` };
}

/**
 * Asks the server for a sign of life.
 *
 * @throws {QueueError} where it gives none.
 */
export async function checkRedis({ url, shown }: RedisPlace): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let cause: unknown = null;
  // What a connection failed of is told here; the call itself only says that it is closed.
  client.on('error', (error) => {
    cause = error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw new QueueError(
      `Expected a Redis server at ${shown}, got: ${messageOf(cause ?? error)}. Start one there, or name another by --queue.`,
    );
  } finally {
    client.disconnect();
  }
}
