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
  const { connect } = require('node:net');
  (async () => {
    for (const to of [{ port: %PORT%, host: '127.0.0.1' }, { port: %PORT%, host: 'localhost' }, { path: '%OUTSIDE%/socket' }])
      await new Promise((resolve) => {
        const socket = connect(to);
        socket.on('data', (data) => reached.push(data));
        socket.on('error', resolve);
        socket.on('close', resolve);
      });
    console.log('reached: [' + reached.join() + ']');
  })();
`;
const { stdout } = await promisify(execFile)(process.execPath, ['--eval', program, '%TOKEN%']);

export async function fetchData(): Promise<string> {
  throw new Error(stdout.trim());
}
