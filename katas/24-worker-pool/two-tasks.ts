// Given, for the spec: a program that awaits one task of a pool, then another, prints what the first gave, and ends.
//
//   node two-tasks.ts <the pool's module> <value>
import { ThreadGate } from '../../harness/world/thread-gate.ts';

const [module = '', value = ''] = process.argv.slice(2);

const { WorkerPool } = await import(module);
const pool = new WorkerPool(new URL('tasks.ts', import.meta.url), { size: 1 });
const first = await pool.run({ do: 'echo', value });
// The second task ends only if the event loop goes on: the timer does not keep it alive.
const gate = new ThreadGate();
setTimeout(() => gate.open(), 1).unref();
await pool.run({ do: 'gate', gate: gate.shared });
console.log(first);
process.exit();
