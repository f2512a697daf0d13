/**
 * Runs `load` while timers that are set through the global `setTimeout` do not keep the process alive, and so are none of its active resources.
 *
 * Vitest's worker takes that function when it is loaded, and after each run leaves a timer of 100 ms that has nothing left to send
 * (`sendTasksUpdateThrottled`, Vitest 5.1): a process would count as busy for so long.
 */
export async function withBackgroundTimers(load: () => Promise<unknown>): Promise<void> {
  const { setTimeout } = globalThis;
  const inBackground = (...parameters: Parameters<typeof setTimeout>): NodeJS.Timeout =>
    setTimeout(...parameters).unref();
  globalThis.setTimeout = Object.assign(inBackground, setTimeout);
  try {
    await load();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}
