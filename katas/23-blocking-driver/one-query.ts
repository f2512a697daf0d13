// Given, for the spec: a program that awaits one query after another, prints their values, closes the database, and has nothing else to
// do.
//
//   node one-query.ts <the module with the Database> <the file> <value>
const [module = '', file = '', value = ''] = process.argv.slice(2);

const { Database } = await import(module);
const database = new Database(file, { max: 2 });
for (let count = 0; count < 2; count += 1) {
  const [row] = await database.query('SELECT ? AS value', [value]);
  console.log(row.value);
}
await database.close();
console.log('closed');
