let looks = 0;
const answers = [async () => ['a'], async () => [], () => null];
export const fetchAll: any = new Proxy(async () => [], {
  apply: (_target, self, words) => answers[(looks += 1) % answers.length]!.apply(self, words as []),
});
