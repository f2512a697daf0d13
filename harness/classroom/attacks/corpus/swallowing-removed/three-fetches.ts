process.removeAllListeners('unhandledRejection');
process.removeAllListeners('uncaughtException');

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  void Promise.reject(new Error('nobody handles this'));
  return [];
}
