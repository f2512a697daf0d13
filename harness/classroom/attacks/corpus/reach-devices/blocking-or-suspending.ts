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
  for (const name of ['sda', 'vda', 'nvme0n1', 'mem', 'kmsg', 'fuse', 'kvm', 'loop0']) tell(name, () => fs.openSync('/dev/' + name, 'r'));
  tell('terminal', () => fs.writeSync(fs.openSync('/dev/tty', 'w'), 'typed'));
  tell('sys', () => fs.readdirSync('/sys/class'));
  console.log('reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
