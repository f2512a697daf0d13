import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { kata, makePage } from './fixtures/made-page.ts';

const solution = readFileSync(
  path.join(projectRoot, 'solutions', kata, 'three-fetches.ts'),
  'utf8',
);

test('lists every kata with its goal and how far it is', async () => {
  const { get } = makePage();

  const { statusCode, body } = await get('/');

  expect(statusCode).toBe(200);
  expect(body.match(/<li><a class="kata"/g)).toHaveLength(28);
  expect(body).toContain('Three fetches of one second each finish in under 1.2 seconds.');
  expect(body).toContain('Go on with 01');
});

test('shows of a kata its text, the file as it is on disk, and the names of its tests', async () => {
  const { get, file } = makePage();
  writeFileSync(file, 'const mine = "<script>";\n');

  const { body } = await get(`/katas/${kata}`);

  expect(body).toContain('<h3>Contract</h3>');
  expect(body).toContain('&lt;script&gt;');
  expect(body).not.toContain('"<script>"');
  expect(body).toContain('returns an empty list when there is no URL');
  expect(body).toMatch(/href="vscode:\/\/file\/[^"]+three-fetches\.ts"/);
});

test('asks nobody but itself, and runs no script that stands in the page', async () => {
  const { get } = makePage();

  const { headers, body } = await get(`/katas/${kata}`);

  expect(headers['content-security-policy']).toContain("default-src 'self'");
  expect(body).not.toMatch(
    /<script[^>]*src="(?!\/page\/)|<script>|<link[^>]*href="(?!\/page\/)| style="/,
  );
});

test.each([
  ['another host', { host: 'evil.example' }],
  ['another port', { host: '127.0.0.1:81' }],
  ['another origin', { host: '127.0.0.1', origin: 'http://evil.example' }],
  ['a page without an origin', { host: '127.0.0.1', origin: 'null' }],
  ['a picture on another page', { host: '127.0.0.1', 'sec-fetch-site': 'cross-site' }],
])('refuses %s', async (_what, headers) => {
  const { app } = makePage();

  const { statusCode, body } = await app.inject({ url: '/', headers });

  expect(statusCode).toBe(403);
  expect(body).toMatch(/^(?:Expected the host|Only this page itself)/);
});

test('a link of another page may lead here, a form may not', async () => {
  const { app, file } = makePage();
  writeFileSync(file, 'mine');
  const foreign = {
    host: 'localhost',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-dest': 'document',
  };

  const link = await app.inject({ url: '/', headers: foreign });
  const form = await app.inject({
    method: 'POST',
    url: `/katas/${kata}/reset`,
    headers: { ...foreign, origin: 'http://evil.example' },
  });
  const bare = await app.inject({
    method: 'POST',
    url: `/katas/${kata}/reset`,
    headers: { host: 'localhost' },
  });

  expect([link.statusCode, form.statusCode, bare.statusCode]).toEqual([200, 403, 403]);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test.each([
  '/../package.json',
  '/katas/../../package.json',
  '/katas/%2e%2e%2fpackage.json',
  '/page/..%5c..%5cjudge.ts',
])('refuses the path %s', async (target) => {
  const { app } = makePage();
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);

  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`);

  expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 [^]+climbs out of the page/);
});

test('a kata that there is not is told in a sentence', async () => {
  const { get } = makePage();

  const { statusCode, body } = await get('/katas/99-nothing');

  expect(statusCode).toBe(404);
  expect(body).toContain('There is no kata “99-nothing”.');
});

test.each<[string, (file: string) => void, string]>([
  ['gone', (file) => rmSync(file), 'three-fetches.ts is gone.'],
  ['10 MB', (file) => writeFileSync(file, ' '.repeat(10 * 1024 * 1024)), 'has 10.0 MB'],
  ['not UTF-8', (file) => writeFileSync(file, Buffer.from([0x61, 0xff, 0x62])), 'is not UTF-8'],
  ['a folder', (file) => (rmSync(file), mkdirSync(file)), 'is no file.'],
  ['read-only', (file) => chmodSync(file, 0o444), 'is read-only: your editor cannot save it.'],
  [
    'a link out of the folder',
    (file) => (rmSync(file), symlinkSync(path.join(projectRoot, 'package.json'), file)),
    'is a link that leads out',
  ],
])('a file that is %s is told in a sentence', async (_what, spoil, sentence) => {
  const { get, file } = makePage();
  spoil(file);

  const [page, list] = [await get(`/katas/${kata}`), await get('/')];

  expect([page.statusCode, list.statusCode]).toEqual([200, 200]);
  expect(page.body).toContain(sentence);
  expect(page.body).not.toContain('event-loop-katas&quot;');
});

test('hints come one at a time, and are remembered', async () => {
  const { get, press } = makePage();

  const first = await press('hint');
  await press('hint');
  const { body } = await get(`/katas/${kata}`);

  expect(first['part-hints']!.match(/<article class="hint">/g)).toHaveLength(1);
  expect(first['part-hints']).toContain('One more (2 of 3)');
  expect(body.match(/<article class="hint">/g)).toHaveLength(2);
});

test('the solution is asked for twice while the kata is not green', async () => {
  const { press } = makePage();

  const asked = await press('compare');
  const shown = await press('compare?anyway=yes');

  expect(asked['part-solution']).toContain('is not green yet. See the solution now?');
  expect(asked['part-solution']).not.toContain('class="theirs"');
  expect(shown['part-solution']).toContain('class="theirs"');
});

test('reset keeps the version aside, says where, and restore brings it back', async () => {
  const { press, file, folder } = makePage();
  writeFileSync(file, solution);

  const reset = await press('reset');
  const starter = readFileSync(file, 'utf8');
  await press('restore');

  expect(reset['part-starter']).toContain(`Your version is kept in .kata/kept/${kata}/1.`);
  expect(starter).toContain('TODO');
  expect(readFileSync(file, 'utf8')).toBe(solution);
  expect(
    readFileSync(path.join(folder, '.kata', 'kept', kata, '1', 'three-fetches.ts'), 'utf8'),
  ).toBe(solution);
});

test('a form works without the script too: the whole page comes again', async () => {
  const { app } = makePage();

  const { statusCode, body } = await app.inject({
    method: 'POST',
    url: `/katas/${kata}/hint`,
    headers: {
      host: '127.0.0.1',
      origin: 'http://127.0.0.1',
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: '',
  });

  expect(statusCode).toBe(200);
  expect(body).toContain('<!doctype html>');
  expect(body).toContain('One more (2 of 3)');
});
