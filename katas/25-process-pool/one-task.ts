// Given, for the spec: a program that has a pool do one task, closes the pool, says the result, and has nothing more to do.
//
//   node one-task.ts <the pool's module> <the job, as JSON>
const [module = '', job = ''] = process.argv.slice(2);

const { ProcessPool } = await import(module);
const pool = new ProcessPool(new URL('tasks.ts', import.meta.url), { size: 1 });
const value = await pool.run({ ...JSON.parse(job), caller: process.pid });
await pool.close();
process.send!({ value });
