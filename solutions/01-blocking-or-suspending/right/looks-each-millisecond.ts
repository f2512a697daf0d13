// Looks at the clock once a millisecond. Between two looks the loop is free; a single timer would do the same with less work.
export function fetchData(url: string): Promise<string> {
  const end = Date.now() + 1000;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (Date.now() < end) return;
      clearInterval(timer);
      resolve(`Data from ${url}`);
    }, 1);
  });
}
