// Looks at the clock until the second is over: nothing else runs, and the CPU is busy for nothing.
// fails: the rest of the program goes on while fetchData waits
// fails: three calls started together are all done after one second
// fails: every call waits for one second of its own
// fails: each call resolves with the data from its own URL
export async function fetchData(url: string): Promise<string> {
  const end = Date.now() + 1000;
  while (Date.now() < end);
  return `Data from ${url}`;
}
