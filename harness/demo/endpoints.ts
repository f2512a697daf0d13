/** What the demo serves, and what each endpoint shows. */
export const endpoints = [
  {
    path: '/sync/noawait',
    shows: 'A blocking wait of 1 s, in a thread of the pool. The event loop stays free.',
  },
  { path: '/async/await-one', shows: 'One awaited timer of 1 s. The event loop stays free.' },
  {
    path: '/async/await-many',
    shows: 'Timers of 1, 1.5 and 0.5 s at the same time: 1.5 s in all, not 3.',
  },
  {
    path: '/async/wrap-blocking',
    shows: 'A call of a blocking library, sent to a thread. The event loop stays free.',
  },
  {
    path: '/async/bad-blocking',
    shows: 'The same call on the event loop. Nobody else is served while it runs.',
  },
  { path: '/async/cpu-bound', shows: 'Prime numbers, counted in a thread of the pool.' },
  { path: '/test/sync', shows: 'Blocks the event loop for 100 ms: for the benchmark.' },
  { path: '/test/async', shows: 'Awaits a timer of 100 ms: for the benchmark.' },
  { path: '/healthz', shows: 'Answers at once, if the event loop is free.' },
] as const;
