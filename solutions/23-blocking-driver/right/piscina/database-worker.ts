// What piscina runs in its threads. An error is told as plain data, so that its name comes back too.
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';

interface Query {
  sql: string;
  params: any[];
  unwanted: Int32Array;
}

// Piscina hands over the data of its own first.
const file = Array.isArray(workerData) ? workerData[1] : workerData;
const database = new DatabaseSync(file);

export default function query({ sql, params, unwanted }: Query): unknown {
  if (Atomics.load(unwanted, 0) === 1) return { rows: [] };
  try {
    return { rows: database.prepare(sql).all(...params) };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: { name, message } };
  }
}
