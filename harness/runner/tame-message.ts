/** What Vitest's worker tells of the tests that it runs. Its other requests read, transform or write files of the host. */
const told = new Set([
  'onQueued',
  'onCollected',
  'onTaskUpdate',
  'onUserConsoleLog',
  'onUnhandledError',
  'onCancel',
  'getCountOfFailedTests',
  'resolveSnapshotPath',
]);

/** What it also asks for, and does not need: the host's record of which module imports which. */
const idle = new Set([
  'ensureModuleGraphEntry',
  'snapshotSaved',
  'onTestModuleDependencies',
  'onAfterSuiteRun',
]);

/** A message of a confined process, made harmless. */
export interface TameMessage {
  readonly message: unknown;
  /** What it asked for that no spec needs; null where it did not. */
  readonly refused: string | null;
}

/**
 * Looks at what a confined process sends, before Vitest does: the code under test can reach the same channel, and Vitest would read any file for it.
 *
 * A request that must not be heard is replaced by one that Vitest answers with a number; an error here would end the process that keeps Vitest.
 */
export function tameMessage(message: unknown): TameMessage {
  if (typeof message !== 'object' || message === null) {
    return { message: deaf(undefined), refused: `a ${typeof message}` };
  }
  const { t: type, m: method, i: id } = message as Message;
  if (type !== 'q' || (typeof method === 'string' && told.has(method))) {
    return { message, refused: null };
  }
  const isIdle = typeof method === 'string' && idle.has(method);
  return { message: deaf(id), refused: isIdle ? null : String(method).slice(0, 40) };
}

/**
 * What a process sends after its answer was ended, made harmless: its tests have the names of those that run now, so a report on them would be
 * taken for one of the next answer.
 */
export function lateMessage(message: unknown): unknown {
  if (typeof message !== 'object' || message === null) return deaf(undefined);
  const { t: type, i: id } = message as Message;
  return type === 'q' ? deaf(id) : message;
}

interface Message {
  readonly t?: unknown;
  readonly m?: unknown;
  readonly i?: unknown;
}

/** The shape of a request in birpc, which Vitest speaks: https://github.com/antfu-collective/birpc */
function deaf(id: unknown): object {
  return { t: 'q', m: 'getCountOfFailedTests', a: [], ...(typeof id === 'string' && { i: id }) };
}
