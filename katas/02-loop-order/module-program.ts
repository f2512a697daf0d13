// Given, and not to be edited: the program "module". It runs at the top level of this ES module, when the module is loaded.

/** What the program has said so far. */
export const lines: string[] = [];

setImmediate(() => {
  lines.push('immediate');
});
process.nextTick(() => {
  lines.push('nextTick');
});
queueMicrotask(() => {
  lines.push('microtask');
});
lines.push('sync');
