// Runs in each process of the pool: loads the task once, then answers each message with one that has the same id.
//
// It is started with the address of the script as its only argument.
const { default: task } = await import(process.argv[2]!);

interface Question {
  id: number;
  input: unknown;
}

process.on('message', ({ id, input }: Question) => void answer(id, input));

// Whoever started this process is gone, or does not want it any more. Nobody waits for an answer.
process.on('disconnect', () => process.exit());

async function answer(id: number, input: unknown): Promise<void> {
  try {
    await task(input).then((value: unknown) => process.send!({ id, value }));
  } catch (error) {
    // An error that is sent as it is loses its name, unless it is one of JavaScript's own.
    const { name, message } = error as Error;
    process.send!({ id, error: { name, message } });
  }
}
