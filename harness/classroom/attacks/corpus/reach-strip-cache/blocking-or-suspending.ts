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
  for (const name of fs.readdirSync('%PROJECT%/.kata/stripped')) tell(name, () => fs.writeFileSync('%PROJECT%/.kata/stripped/' + name, ''));
  const cache = process.env.NODE_COMPILE_CACHE;
  for (const name of fs.readdirSync(cache)) tell(name, () => fs.rmSync(cache + '/' + name, { recursive: true }));
  tell('new', () => fs.writeFileSync(cache + '/new', ''));
  console.log('reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
