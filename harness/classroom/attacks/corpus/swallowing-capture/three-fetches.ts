process.setUncaughtExceptionCaptureCallback(() => {});

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  setTimeout(() => { throw new Error('nobody catches this'); }, 1);
  return [];
}
