import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../cli/fixtures/run-command.ts';
import { projectRoot } from '../trace/source-location.ts';
import { kata, makeKatasFolder } from './fixtures/made-page.ts';
import { listenTo } from './fixtures/event-reader.ts';
import { listen } from './listen.ts';
import { startPage } from './start-page.ts';

const program = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const answer = path.join(kata, 'three-fetches.ts');
const solution = readFileSync(path.join(projectRoot, 'solutions', answer), 'utf8');

/** `npm start` on `folder`, with what it says. */
async function start(folder: string, port = 0) {
  const words = [program, 'start', '--port', String(port), '--katas', folder];
  const server = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  let said = '';
  for await (const text of server.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += text as string;
    if (said.includes('Ctrl+C')) break;
  }
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0];
  const press = (action: string) =>
    fetch(`${url}/katas/${kata}/${action}`, {
      method: 'POST',
      headers: { origin: url, accept: 'application/json' },
    });
  return { server, said, url, press };
}

test('a save brings the verdict into the page, and the list knows it', async () => {
  const folder = makeKatasFolder();
  await using page = await startPage({ port: 0, answers: folder });
  const { saw, leave } = await listenTo(`${page.url}/katas/${kata}`);

  await saw('4 of 8 green');
  writeFileSync(path.join(folder, answer), solution);
  await saw('All 8 green');
  const list = await (await fetch(page.url)).text();

  expect(list).toContain('8 of 8 tests');
  await leave();
});

test('ends when it is told to, also while somebody looks', async () => {
  const { server, url } = await start(makeKatasFolder());
  const { saw } = await listenTo(`${url}/katas/${kata}`);
  await saw('Judging');

  server.kill('SIGINT');

  expect(await once(server, 'exit')).toEqual([0, null]);
});

test('a port that is taken is told, and the next one is served', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };

  const { said, url } = await start(makeKatasFolder(), port);

  expect(said).toContain(`Port ${port} is taken.`);
  expect(Number(new URL(url).port)).toBeGreaterThan(port);
});

test('no port at all is told in one line', async () => {
  const app = fastify();
  app.listen = () => Promise.reject(Object.assign(new Error('taken'), { code: 'EADDRINUSE' }));

  await expect(listen(app, 65_530)).rejects.toThrow('The ports 65530 to 65535 are taken');
});

test.each([
  [['--port', 'x'], 'Expected --port to be a whole number from 0 to 65535, got "x".'],
  [['--katas', 'no/such/folder'], 'Expected a folder of answers'],
  [['03'], 'Expected no word but options, got "03".'],
])('%j is wrong usage, told in one line', (words, message) => {
  const { status, stdout, stderr } = runCommand(['start', ...words]);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('npm start -- --help tells its use in 80 columns', () => {
  const { status, stdout } = runCommand(['start', '--help']);

  expect(status).toBe(0);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('killed at any moment of a reset, it loses nothing of the learner', async () => {
  const folder = makeKatasFolder();
  const file = path.join(folder, answer);
  const starter = readFileSync(file, 'utf8');
  const kept = path.join(folder, '.kata', 'kept', kata);

  for (const moment of [1, 3, 9, 27]) {
    const mine = `// mine ${moment}\n${solution}`;
    writeFileSync(file, mine);
    const { server, press } = await start(folder);
    const pressed = press('reset').catch(() => {});
    // Another moment each time; which one does not matter to what is expected.
    await new Promise((resolve) => setTimeout(resolve, moment));
    server.kill('SIGKILL');
    await Promise.all([once(server, 'exit'), pressed]);

    const now = readFileSync(file, 'utf8');
    const versions = existsSync(kept)
      ? readdirSync(kept)
          // What was being kept at the kill stands under a draft's name and does not count.
          .filter((name) => /^\d+$/.test(name))
          .map((name) => readFileSync(path.join(kept, name, path.basename(file)), 'utf8'))
      : [];
    expect([mine, starter]).toContain(now);
    expect([now, ...versions]).toContain(mine);
  }
});
