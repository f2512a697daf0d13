type Send = (message: unknown, ...rest: never[]) => boolean;

// Before any clock could take its place.
const defer = setImmediate;

/**
 * Loads Vitest's worker, which takes some functions of the process as they are at that moment, with two of them changed. Afterwards all is as before.
 *
 * Its timers do not keep the process alive, and so are none of its active resources: after each run it leaves one of 100 ms that has nothing
 * left to send (`sendTasksUpdateThrottled`, Vitest 5.1), and for so long a process would count as busy.
 *
 * What it tells of each import is answered here: the host needs no record of which module imports which, since each run is of one spec, and some
 * hundred messages there and back are a tenth of the start.
 */
export async function loadVitestWorker(load: () => Promise<unknown>): Promise<void> {
  const { setTimeout } = globalThis;
  // oxlint-disable-next-line typescript/unbound-method -- only put back where it was
  const send = process.send!;
  const inBackground = (...parameters: Parameters<typeof setTimeout>): NodeJS.Timeout =>
    setTimeout(...parameters).unref();
  globalThis.setTimeout = Object.assign(inBackground, setTimeout);
  process.send = answeringImports(send.bind(process));
  try {
    await load();
  } finally {
    globalThis.setTimeout = setTimeout;
    process.send = send;
  }
}

function answeringImports(send: Send): Send {
  return (message, ...rest) => {
    const id = importNotice(message);
    if (id === null) return send(message, ...rest);
    defer(() => process.emit('message', { t: 's', i: id }, undefined));
    return true;
  };
}

/** The id of a request that tells of an import, in the shape of birpc (https://github.com/antfu-collective/birpc); null for any other message. */
function importNotice(message: unknown): string | null {
  const {
    t: type,
    m: method,
    i: id,
  } = Object(message) as { t?: unknown; m?: unknown; i?: unknown };
  const isNotice = type === 'q' && method === 'ensureModuleGraphEntry';
  return isNotice && typeof id === 'string' ? id : null;
}
