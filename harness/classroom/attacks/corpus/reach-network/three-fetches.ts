export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const { connect } = process.getBuiltinModule('node:net');
  const reached: string[] = [];
  for (const to of [{ port: %PORT%, host: '127.0.0.1' }, { port: %PORT%, host: 'localhost' }, { path: '%OUTSIDE%/socket' }]) {
    await new Promise<void>((resolve) => {
      const socket = connect(to as any);
      socket.on('data', (data) => reached.push(String(data)));
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
    });
  }
  throw new Error(`reached: [${reached.join()}]`);
}
