// Captured before any learner's code could put something else there.
const getActiveResourcesInfo = process.getActiveResourcesInfo.bind(process);
let before = 0;

/** Notes what Vitest and the harness have open themselves, before any learner's code is loaded. */
export function noteOpenResources(): void {
  before = openResources();
}

/** Whether anything is open that was not when that was noted, such as a server or a socket; timers do not count. */
export function isMoreOpen(): boolean {
  return openResources() > before;
}

function openResources(): number {
  const isNoTimer = (type: string): boolean => type !== 'Timeout' && type !== 'Immediate';
  return getActiveResourcesInfo().filter(isNoTimer).length;
}
