import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { droppedWrites, limitConsole, renewConsoleBudget } from './console-budget.ts';

const originals = { log: console.log, write: process.stdout.write };
const written: unknown[][] = [];

beforeAll(() => {
  // What is printed here is kept from the screen; everything else of the console is as it was.
  console.log = (...values: unknown[]) => void written.push(values);
  process.stdout.write = (chunk: string) => written.push([chunk]) > 0;
  limitConsole();
});

beforeEach(() => {
  written.length = 0;
  renewConsoleBudget();
});

afterAll(() => {
  console.log = originals.log;
  process.stdout.write = originals.write;
});

test('lets through what a test normally prints', () => {
  for (let line = 0; line < 200; line++) console.log('line', line);

  expect([written.length, droppedWrites()]).toEqual([200, 0]);
});

test('drops and counts what is beyond the budget', () => {
  for (let line = 0; line < 1000; line++) console.log('line', line);

  expect([written.length, droppedWrites()]).toEqual([200, 800]);
});

test('counts characters of what is written past the console, and still calls back', async () => {
  process.stdout.write('x'.repeat(20_000));
  const calledBack = new Promise<string>((resolve) => {
    process.stdout.write('more', () => resolve('called'));
  });

  expect(await calledBack).toBe('called');
  expect([written.length, droppedWrites()]).toEqual([1, 1]);
});

test('gives the next test a budget of its own', () => {
  for (let line = 0; line < 300; line++) console.log('line', line);
  renewConsoleBudget();
  console.log('heard');

  expect(written.at(-1)).toEqual(['heard']);
  expect(droppedWrites()).toBe(0);
});
