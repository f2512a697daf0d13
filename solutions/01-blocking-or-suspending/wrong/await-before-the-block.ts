// The `await` gives the loop back for a moment only; then the program sleeps as before.
// fails: the rest of the program goes on while fetchData waits
// fails: three calls started together are all done after one second
// fails: every call waits for one second of its own
export async function fetchData(url: string): Promise<string> {
  await Promise.resolve();
  // For 200 ms only, so that judging it takes less time: the clock of the timers sees none of it either way.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  return `Data from ${url}`;
}
