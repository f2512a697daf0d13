const names = ['WebSocket', 'CloseEvent', 'MessageEvent'];

/**
 * Runs `load` while `node:http` does without the classes that it shares with `fetch`.
 *
 * An `import … from 'node:http'` reads every export of it, and with these Node loads its whole undici, which takes 30 ms: Vite imports it so, and
 * needs none of them. For who imports them by name later in this process, they stay undefined.
 */
export async function withoutFetch<T>(load: () => Promise<T>): Promise<T> {
  const http = process.getBuiltinModule('node:http');
  const kept = names.map((name) => [name, Object.getOwnPropertyDescriptor(http, name)] as const);
  const lazy = kept.filter(([, property]) => property?.get !== undefined);
  for (const [name] of lazy) Object.defineProperty(http, name, { value: undefined });
  try {
    return await load();
  } finally {
    for (const [name, property] of lazy) Object.defineProperty(http, name, property!);
  }
}
