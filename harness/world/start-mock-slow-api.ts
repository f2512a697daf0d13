import type { MockSlowApi, MockSlowApiOptions } from './mock-slow-api.ts';

/**
 * Starts a slow API that needs no socket; see {@link MockSlowApi}.
 *
 * undici is loaded only here: it takes longer to load than most katas take to run.
 *
 * @throws {RangeError | TypeError} if a route makes no sense, or needs a socket.
 */
export async function startMockSlowApi(options: MockSlowApiOptions): Promise<MockSlowApi> {
  const { MockSlowApi } = await import('./mock-slow-api.ts');
  return new MockSlowApi(options);
}
