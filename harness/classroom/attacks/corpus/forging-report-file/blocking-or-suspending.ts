import { spawn } from 'node:child_process';

const program = String.raw`
  const fs = require('node:fs');
  const files = ['%OUTSIDE%/report.json', '%BESIDE%/report.json', '%PROJECT%/.kata/classroom/manifests/forged.json'];
  setInterval(() => { for (const file of files) try { fs.writeFileSync(file, 'pass'); } catch {} }, 100);
  // Bounded by itself too.
  setTimeout(() => process.exit(), 60000);
`;
const child = spawn(process.execPath, ['--eval', program, '%TOKEN%'], { detached: true, stdio: 'ignore' });
child.unref();

export async function fetchData(): Promise<string> {
  throw new Error(`spawned ${child.pid}`);
}
