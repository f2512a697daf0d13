/** Resolves with the data of `url`, after one second. */
export async function fetchData(url: string): Promise<string> {
  // TODO: here the whole program sleeps for one second. Let only this function wait.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  return `Data from ${url}`;
}
