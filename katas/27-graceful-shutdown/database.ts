// Given: the database. It keeps the program alive until it is closed, as the connection of a real one does.
import { tell, turns } from './tell.ts';

export class Database {
  #connection = setInterval(() => {}, 1000);
  #open = true;

  /** Writes a row. Rejects when the database is closed. */
  async save(row: string): Promise<void> {
    if (!this.#open) throw new Error(`The database is closed: it cannot save "${row}".`);
    await turns(1);
  }

  async close(): Promise<void> {
    tell('the database begins to close');
    this.#open = false;
    await turns(1);
    clearInterval(this.#connection);
    tell('the database is closed');
  }
}
