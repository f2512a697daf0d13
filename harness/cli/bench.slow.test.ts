import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { runCommand } from './fixtures/run-command.ts';

function bench(...words: string[]) {
  return runCommand(['bench', ...words]);
}

test.each([
  [['speed'], 'Expected start-up, verdicts, probe, autocannon or class, got "speed".'],
  [['class', '--students', '0'], 'Expected --students to be above zero, got 0.'],
  [['class', '--katas', '99'], 'There is no kata "99".'],
  [['verdicts', '--busy', 'four'], 'Expected --busy to be a whole number, got "four".'],
  [['autocannon', '--requests', '150'], 'Expected --requests to be a multiple of 100, got 150.'],
  [['verdicts', '99'], 'There is no kata "99".'],
  [['--loud'], "Unknown option '--loud'"],
])('%j is wrong usage', (words, message) => {
  const { status, stdout, stderr } = bench(...words);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('start-up tells both times and their ratio', () => {
  const { status, stdout } = bench('start-up', '--runs', '1');

  expect(status).toBe(0);
  expect(stdout).toMatch(
    /npm test katas\/03 +\d+ ms[^]*a bare vitest run +\d+ ms[^]*ratio +\d+\.\d\d/,
  );
});

test('verdicts go on where they were ended', () => {
  const kept = path.join(projectRoot, '.kata', 'bench-verdicts-03-three-fetches.json');
  rmSync(kept, { force: true });

  const outputs = ['2', '3'].map(
    (count) => bench('verdicts', '03', '--verdicts', count, '--busy', '1').stdout,
  );

  expect(outputs[0]).toMatch(/^verdicts +2 over 2 answers\nwrong +0\n/);
  expect(outputs[1]).toMatch(/^verdicts +3 over 3 answers\nwrong +0\n/);
  rmSync(kept);
});

test('the probe is shown beside two other instruments, with its cost', () => {
  const { status, stdout } = bench('probe', '--runs', '1');

  expect(status).toBe(0);
  for (const instrument of ['probe', 'monitorEventLoopDelay', 'interval drift']) {
    expect(stdout).toContain(`200 ms of Atomics.wait         ${instrument}`);
  }
  expect(stdout).toMatch(/The probe costs -?\d+\.\d\d µs of CPU for each turn of the loop\./);
});

test('autocannon is shown beside kata 21, pair by pair, with the medians of the ratios', () => {
  const { status, stdout } = bench('autocannon', '--runs', '2', '--requests', '100');

  expect(status).toBe(0);
  const row = String.raw`(?: +\d+\.\d ms){2} +\d+\.\d\d`;
  expect(stdout).toMatch(new RegExp(`^kata 21 ${row} ${row}$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^autocannon ${row} ${row}$`, 'm'));
  for (const name of ['p50', 'p99']) {
    expect(stdout).toMatch(new RegExp(String.raw`^median ratio of ${name}  \d+\.\d\d  `, 'm'));
  }
});
