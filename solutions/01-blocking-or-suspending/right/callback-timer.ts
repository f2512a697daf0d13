// A timer with a callback, made into a promise by hand.
export function fetchData(url: string): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(`Data from ${url}`), 1000);
  });
}
