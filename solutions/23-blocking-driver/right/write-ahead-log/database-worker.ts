// Runs in a thread of its own: opens the database once, then answers every message with one message.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

// Each connection waits for the locks of the others. With the write-ahead log, readers and one writer need not wait for each other.
const database = new DatabaseSync(workerData, { timeout: 5000 });
database.exec('PRAGMA journal_mode = WAL');

parentPort!.on('message', ({ sql, params }) => {
  try {
    parentPort!.postMessage({ rows: database.prepare(sql).all(...params) });
  } catch (error) {
    const { name, message } = error as Error;
    parentPort!.postMessage({ error: { name, message } });
  }
});
