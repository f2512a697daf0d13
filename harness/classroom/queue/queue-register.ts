import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { queuePrefix } from './queue-name.ts';
import { checkRedis, type RedisPlace } from './redis-place.ts';

const key = `${queuePrefix}queues`;

/** Which queues a server has: a worker tells by it that jobs wait which it must not take. */
export class QueueRegister implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #place: RedisPlace;

  /** @throws {QueueError} where no server answers. */
  static async open(place: RedisPlace): Promise<QueueRegister> {
    await checkRedis(place);
    return new QueueRegister(place);
  }

  private constructor(place: RedisPlace) {
    this.#place = place;
    this.#redis = new Redis(place.url, { maxRetriesPerRequest: null });
    // It connects again by itself; who uses the queue tells that the server is away.
    this.#redis.on('error', () => {});
  }

  async add(name: string): Promise<void> {
    await this.#redis.sadd(key, name);
  }

  /** How many jobs wait in each queue but `own`; those with none are not named. */
  async waitingElsewhere(own: string): Promise<Map<string, number>> {
    const waiting = new Map<string, number>();
    for (const name of await this.#redis.smembers(key)) {
      if (name === own || !name.startsWith(queuePrefix)) continue;
      const queue = new Queue(name, { connection: { url: this.#place.url } });
      queue.on('error', () => {});
      try {
        const count = await queue.getJobCountByTypes('waiting', 'prioritized', 'delayed');
        if (count > 0) waiting.set(name, count);
      } finally {
        await queue.close();
      }
    }
    return waiting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#redis.disconnect();
  }
}
