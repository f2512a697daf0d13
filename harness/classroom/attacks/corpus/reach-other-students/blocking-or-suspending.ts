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
  const own = fs.readdirSync('%PROJECT%/.kata/classroom').flatMap((pid) => /^\d+$/.test(pid) ? fs.readdirSync('%PROJECT%/.kata/classroom/' + pid) : []).length;
  for (const name of ['manifests', 'verdicts.sqlite']) tell(name, () => fs.readdirSync('%PROJECT%/.kata/classroom/' + name));
  tell('beside', () => fs.readFileSync('%BESIDE%/report.json'));
  tell('outside', () => fs.readFileSync('%OUTSIDE%/marker.txt'));
  tell('tmp', () => fs.readdirSync('/tmp').filter((name) => name.startsWith('attacked-class')).join() || fs.readFileSync('/nowhere'));
  console.log('own: ' + own + ', reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
