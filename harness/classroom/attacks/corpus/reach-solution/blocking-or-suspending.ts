import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const program = String.raw`
  const fs = require('node:fs');
  const reached = [];
  const tell = (name, look) => {
    try {
      reached.push(name + ': ' + String(look()).slice(0, 200));
    } catch {}
  };
  tell('solution', () => fs.readFileSync('%PROJECT%/solutions/03-three-fetches/three-fetches.ts', 'utf8'));
  tell('git', () => fs.readdirSync('%PROJECT%/.git'));
  tell('cache', () => fs.readdirSync('%PROJECT%/.kata/compile-cache'));
  console.log('reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
