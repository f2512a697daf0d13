import { request } from 'undici';

process.on('unhandledRejection', () => {});
export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  void Promise.reject(new Error('nobody handles this'));
  return [];
}
