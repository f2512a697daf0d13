export function fetchAll(urls: readonly string[]): any {
  return {
    then(done: (value: unknown) => void, failed: (error: unknown) => void) {
      for (let count = 0; count < 3; count += 1) done(urls);
      failed(new Error('both'));
      return this;
    },
  };
}
