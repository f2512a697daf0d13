/** How long an answer takes. */
const answerMs = 1000;

// It refuses what is no URL at all, says what it does, and clears its timer in any case.
export async function fetchData(url: string): Promise<string> {
  if (typeof url !== 'string' || url === '') {
    throw new TypeError('url should be a text that is not empty', { cause: url });
  }
  console.log(`fetching ${url}`);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, answerMs);
    });
    return `Data from ${url}`;
  } finally {
    clearTimeout(timer);
  }
}
