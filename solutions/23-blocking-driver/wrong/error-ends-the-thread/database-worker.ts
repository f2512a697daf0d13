// Runs in a thread of its own: opens the database once, then answers every message with one message.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const database = new DatabaseSync(workerData);

parentPort!.on('message', ({ sql, params }) => {
  parentPort!.postMessage({ rows: database.prepare(sql).all(...params) });
});
