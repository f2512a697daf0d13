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
  for (const name of ['%GRADER%/environ', '%GRADER%/mem', '%GRADER%/cwd/package.json', '1/root/etc/shadow', '1/root%OUTSIDE%/marker.txt', 'self/root%OUTSIDE%/marker.txt', 'kcore', process.ppid + '/mem', process.ppid + '/environ', 'self/mem'])
    tell(name, () => fs.openSync('/proc/' + name, 'r'));
  for (const name of ['sys/kernel/core_pattern', 'sysrq-trigger', 'sys/kernel/hostname', 'sys/vm/drop_caches', process.ppid + '/oom_score_adj']) tell(name, () => fs.openSync('/proc/' + name, 'w'));
  console.log('reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
