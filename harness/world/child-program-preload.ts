// In a child program, before its own file: it ends with whoever started it, and hears signals where the system has none.
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGKILL');
});

process.on('message', (message: { emulatedSignal?: NodeJS.Signals } | null) => {
  const name = message?.emulatedSignal;
  if (name === undefined) return;
  if (!process.emit(name, name)) process.kill(process.pid, name);
});

// Listening keeps no program alive that has nothing else to do.
process.channel?.unref();
