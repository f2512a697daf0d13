import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const module = new URL('without-fetch.ts', import.meta.url).href;

/** What `code` prints in a process of its own: what Node has loaded once, it does not load again. */
function printed(code: string): string {
  const script = `
    import { withoutFetch } from ${JSON.stringify(module)};
    const isLoaded = () => process.moduleLoadList.some((name) => name.endsWith('deps/undici/undici'));
    ${code}`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return stdout.trim();
}

test("an import of node:http loads Node's undici, and with this it does not", () => {
  expect(printed(`await import('node:http'); console.log(isLoaded());`)).toBe('true');
  expect(printed(`await withoutFetch(() => import('node:http')); console.log(isLoaded());`)).toBe(
    'false',
  );
});

test('afterwards all is there again, also where loading fails', () => {
  const code = `
    await withoutFetch(() => Promise.reject(new Error('gone'))).catch(() => {});
    const { WebSocket } = process.getBuiltinModule('node:http');
    console.log(WebSocket === globalThis.WebSocket, typeof fetch);`;

  expect(printed(code)).toBe('true function');
});
