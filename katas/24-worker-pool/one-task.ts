// Given, for the spec: a program that awaits one task of a pool, prints its value, and ends.
//
//   node one-task.ts <the pool's module> <value>
const [module = '', value = ''] = process.argv.slice(2);

const { WorkerPool } = await import(module);
const pool = new WorkerPool(new URL('tasks.ts', import.meta.url), { size: 1 });
console.log(await pool.run({ do: 'echo', value }));
process.exit();
