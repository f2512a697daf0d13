const script = process.argv[2]!;
const { default: task } = await import(script);

interface Message {
  type: string;
  id: number;
  input: unknown;
}

process.on('message', (message: Message) => void answer(message));

async function answer(message: Message): Promise<void> {
  if (message.type !== 'task') return;
  const reply = await outcome(message.input);
  const id = message.id;
  try {
    process.send!({ type: 'reply', id, ...reply });
  } catch (error) {
    process.send!({
      type: 'reply',
      id,
      ok: false,
      name: (error as Error).name,
      message: (error as Error).message,
    });
  }
}

process.on('disconnect', () => process.exit(0));

async function outcome(input: unknown): Promise<object> {
  try {
    return { ok: true, value: await task(input) };
  } catch (error) {
    const { name, message, stack } = error as Error;
    return { ok: false, name, message, stack };
  }
}
