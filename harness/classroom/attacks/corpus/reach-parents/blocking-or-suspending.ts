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
  for (const pid of ['self', process.ppid, 1])
    for (const at of ['cwd', 'root', ...Array.from({ length: 100 }, (_, fd) => 'fd/' + fd)]) tell(at, () => fs.readFileSync('/proc/' + pid + '/' + at + '/../../../../../../../..%OUTSIDE%/marker.txt'));
  tell('up', () => fs.readFileSync('../../../../../../..%OUTSIDE%/marker.txt'));
  console.log('reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
