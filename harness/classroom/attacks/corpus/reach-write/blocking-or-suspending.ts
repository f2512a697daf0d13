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
  for (const name of ['katas/03-three-fetches/three-fetches.spec.ts', 'harness/index.ts', 'node_modules/vitest/package.json', 'vitest.config.ts', 'package.json', 'harness/new.ts', '.kata/new', '.kata/classroom/new', '.kata/stripped/new'])
    tell(name, () => fs.appendFileSync('%PROJECT%/' + name, ' '));
  for (const name of fs.readdirSync('%PROJECT%/.kata/classroom')) tell(name, () => fs.writeFileSync('%PROJECT%/.kata/classroom/' + name + '/new', ' '));
  tell('node', () => fs.appendFileSync(process.execPath, ' '));
  tell('root', () => fs.writeFileSync('/new', ' '));
  tell('etc', () => fs.appendFileSync('/etc/passwd', ' '));
  tell('chmod', () => fs.chmodSync(process.execPath, 0o777));
  console.log('reached: [' + reached.join() + ']');
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
