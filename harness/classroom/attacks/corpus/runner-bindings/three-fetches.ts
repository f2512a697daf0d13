export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const open: string[] = [];
  for (const name of ['binding', '_linkedBinding', 'dlopen', '_getActiveHandles', 'execve', '_debugProcess']) {
    try {
      (process as any)[name]('fs');
      open.push(name);
    } catch {}
  }
  throw new Error(`the attack took place: ${open.join() || 'closed'}`);
}
