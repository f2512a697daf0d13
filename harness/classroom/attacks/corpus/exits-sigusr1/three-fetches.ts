export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  process.kill(process.pid, 'SIGUSR1');
  try {
    process.kill(process.ppid, 'SIGUSR1');
  } catch {}
  throw new Error('the attack took place');
}
