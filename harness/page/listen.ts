import type { FastifyInstance } from 'fastify';

/** How many ports are tried, from the one that was asked for. */
const tries = 20;

/** No port could be had. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Lets `app` listen on loopback, on `port` or the next one that is free.
 *
 * @returns the port; 0 as `port` takes any.
 * @throws {PortError} where none of them can be had.
 */
export async function listen(app: FastifyInstance, port: number): Promise<number> {
  const last = port === 0 ? 0 : Math.min(port + tries - 1, 65_535);
  for (let candidate = port; candidate <= last; candidate += 1) {
    try {
      const address = await app.listen({ host: '127.0.0.1', port: candidate });
      return Number(new URL(address).port || 80);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES')
        throw new PortError(
          `Port ${candidate} may not be used by you; name another one: npm start -- --port 4100`,
        );
      if (code !== 'EADDRINUSE') throw error;
    }
  }
  throw new PortError(
    `The ports ${port} to ${last} are taken; name another one: npm start -- --port ${Math.min(last + 1, 65_000)}`,
  );
}
