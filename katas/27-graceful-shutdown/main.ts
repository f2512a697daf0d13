// Given: the program. The spec runs it in a process of its own, and so can you, in the folder of all katas:
//
//   npx node katas/27-graceful-shutdown/main.ts 10000
import { start } from './graceful-shutdown.ts';
import { tell } from './tell.ts';

const { url } = await start({ drainMs: Number(process.argv[2] ?? 10_000) });
tell(`listening at ${url}`);
if (!process.connected) tell(`kill ${process.pid} sends it SIGTERM`);
