// Suspends, but with a wait that is no timer of Node: the clock of the timers does not know of it.
// fails: three calls started together are all done after one second
// fails: every call waits for one second of its own
export async function fetchData(url: string): Promise<string> {
  await Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000).value;
  return `Data from ${url}`;
}
