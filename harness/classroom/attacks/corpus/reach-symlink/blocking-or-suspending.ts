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
  const at = process.cwd();
  tell('link', () => { try { fs.symlinkSync('%OUTSIDE%/marker.txt', '/tmp/link'); } catch {} return fs.readFileSync('/tmp/link'); });
  tell('hard', () => { fs.linkSync('%PROJECT%/package.json', '/tmp/hard'); fs.appendFileSync('/tmp/hard', ' '); return 'written'; });
  const answers = fs.readdirSync('%PROJECT%/.kata/classroom').filter((name) => /^\d+$/.test(name)).map((pid) => '%PROJECT%/.kata/classroom/' + pid + '/' + fs.readdirSync('%PROJECT%/.kata/classroom/' + pid)[0]);
  for (const answer of answers) tell(answer, () => fs.symlinkSync('%OUTSIDE%/marker.txt', answer + '/answers/link'));
  console.log('reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
