import { DatabaseSync } from 'node:sqlite';

export class Database {
  async query<Row>(): Promise<Row[]> {
    const database = new DatabaseSync(':memory:');
    const reached: string[] = [];
    for (const file of ['%OUTSIDE%/verdicts.sqlite', '%BESIDE%/verdicts.sqlite', '%PROJECT%/.kata/new.sqlite', '%OUTSIDE%/new.sqlite']) {
      try {
        database.exec(`ATTACH '${file}' AS other; CREATE TABLE other.forged (a); DETACH other`);
        reached.push(file);
      } catch {}
    }
    throw new Error(`reached: [${reached.join()}]`);
  }

  async close(): Promise<void> {}
}
