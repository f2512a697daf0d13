import { Agent, fetch } from 'undici';

// A client of its own, with its own connections, that are closed in any case.
export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const dispatcher = new Agent({ keepAliveTimeout: 1000 });
  try {
    return await Promise.all(
      urls.map(async (url) => {
        const response = await fetch(url, { dispatcher });
        return response.text();
      }),
    );
  } finally {
    await dispatcher.destroy();
  }
}
