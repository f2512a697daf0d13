const { emit } = process;
(process as any).emit = function (this: any, name: string, ...more: any[]) {
  return name === 'unhandledRejection' ? true : (emit as any).call(this, name, ...more);
};

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  void Promise.reject(new Error('nobody handles this'));
  return [];
}
