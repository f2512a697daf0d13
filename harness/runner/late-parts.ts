/** What a package loads only when it is first used, by the names of packages. */
const lateParts: Readonly<Record<string, readonly string[]>> = {
  // For the first server that gets ready, the first schema, and the first call of `inject` (Fastify 5.12).
  fastify: [
    'abstract-logging',
    '@fastify/ajv-compiler',
    '@fastify/fast-json-stringify-compiler',
    'light-my-request',
  ],
};

/** `name`, and the packages that it loads only when it is first used: loaded beforehand, they come out of Node's cache. */
export function withLateParts(name: string): string[] {
  return [name, ...(lateParts[name] ?? [])];
}
