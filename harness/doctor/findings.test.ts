import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { LoopReport, LoopRun } from '../loop/index.ts';
import { checkGit } from './check-git.ts';
import { checkLoopback } from './check-loopback.ts';
import { checkCores, checkMemory } from './check-machine.ts';
import { checkNode } from './check-node.ts';
import { checkNoise, noiseFinding } from './check-noise.ts';
import { checkPackages } from './check-packages.ts';
import { checkStateFolder } from './check-state-folder.ts';
import { drawFinding } from './draw-finding.ts';

function makeFolder(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'a learner '));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

test('knows the Node that npm ci brought from another one', () => {
  const root = makeFolder();
  const bundled = path.join(root, 'node_modules', 'node', 'bin', 'node');

  expect(checkNode('v26.10.0', bundled, root)).toMatchObject({
    state: 'ok',
    text: 'v26.10.0, brought by npm ci',
  });
  expect(checkNode('v24.1.0', '/usr/bin/node', root)).toMatchObject({
    state: 'limited',
    text: 'v24.1.0 from /usr/bin/node, not the one that npm ci brings',
  });
});

test('finds every package that this checkout needs, in its version', () => {
  expect(checkPackages()).toMatchObject({ name: 'packages', state: 'ok' });
});

test('names a package that is not installed, and one of another version', () => {
  const manifest = JSON.stringify({ devDependencies: { a: '1.0.0', b: '2.0.0' } });
  const root = makeFolder({
    'package.json': manifest,
    'node_modules/a/package.json': '{ "version": "0.9.0" }',
  });

  expect(checkPackages(root).text).toBe('expected a 1.0.0, got 0.9.0, and 1 more');
  rmSync(path.join(root, 'node_modules'), { recursive: true });
  expect(checkPackages(root)).toMatchObject({
    state: 'wrong',
    text: 'expected a 1.0.0, got none, and 1 more',
  });
});

test('takes a machine without git as one where only a part is missing', () => {
  expect(checkGit()).toMatchObject({ state: 'ok', text: expect.stringMatching(/^\d/) });
  expect(checkGit('no-such-git')).toMatchObject({ state: 'limited', text: 'none' });
});

test('tells whether a server on this machine can be reached', async () => {
  expect(await checkLoopback()).toMatchObject({ state: 'ok' });
  // An address that is kept for documentation, so it is never one of this machine (RFC 5737).
  expect(await checkLoopback('203.0.113.1')).toMatchObject({
    state: 'wrong',
    text: expect.stringContaining('EADDRNOTAVAIL'),
  });
});

test.each([
  [checkCores(2), 'ok', '2'],
  [checkCores(1), 'limited', '1'],
  [checkMemory(2 ** 30), 'ok', '1024 MB free'],
  [checkMemory(2 ** 28), 'limited', '256 MB free'],
])('%# measures the machine by what the katas need', (finding, state, text) => {
  expect(finding).toMatchObject({ state, text });
});

test('tells whether the folder of the commands can be written, and leaves nothing in it', () => {
  const folder = makeFolder({ file: '' });

  expect(checkStateFolder(path.join(folder, '.kata'))).toMatchObject({ state: 'ok' });
  expect(readdirSync(path.join(folder, '.kata'))).toEqual([]);
  expect(checkStateFolder(path.join(folder, 'file', '.kata'))).toMatchObject({
    state: 'wrong',
    text: expect.stringContaining('cannot be written: ENOTDIR'),
  });
  expect(existsSync(path.join(folder, 'file', '.kata'))).toBe(false);
});

function report(verdict: LoopReport['verdict'], suspectMs: number): LoopReport {
  const run = { heldMs: 4, suspectMs, workMs: 300 } as LoopRun;
  return { verdict, limitMs: 40, runs: [run] } as unknown as LoopReport;
}

test.each([
  ['free', 10, 'ok'],
  ['free', 90, 'limited'],
  ['inconclusive', 90, 'wrong'],
] as const)('takes "%s" with a wait near %i ms for %s', (verdict, suspectMs, state) => {
  const finding = noiseFinding(report(verdict, suspectMs));

  expect(finding.state).toBe(state);
  expect(finding.text).toContain(`work of 250 ms took 300 ms, with up to ${suspectMs - 4} ms`);
});

test('measures the noise of this machine, whatever it is', async () => {
  expect(await checkNoise()).toMatchObject({
    name: 'noise',
    text: expect.stringContaining('250 ms'),
  });
});

test('draws what to do below what was found, in 80 columns', () => {
  const finding = {
    name: 'git',
    state: 'limited',
    text: 'word '.repeat(20),
    advice: 'do '.repeat(40),
  } as const;

  const lines = stripVTControlCharacters(drawFinding(finding)).split('\n');

  expect(lines[0]).toMatch(/^ ! git {8}word /);
  expect(lines.find((line) => line.includes('→'))).toMatch(/^ {14}→ do do /);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
});
