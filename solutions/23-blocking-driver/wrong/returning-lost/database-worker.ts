// Runs in a thread of its own: opens the database once, then answers every message with one message.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const database = new DatabaseSync(workerData);

parentPort!.on('message', ({ sql, params }) => {
  try {
    const statement = database.prepare(sql);
    const reads = /^\s*(select|with|pragma)\b/i.test(sql);
    const rows = reads ? statement.all(...params) : [];
    if (!reads) statement.run(...params);
    parentPort!.postMessage({ rows });
  } catch (error) {
    const { name, message } = error as Error;
    parentPort!.postMessage({ error: { name, message } });
  }
});
