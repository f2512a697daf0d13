// The program of a test process that is started before it is needed. It is Vitest's own worker, with what it will need loaded beforehand. Not
// by `--import`: threads and child processes that an answer starts would inherit that, and load the harness too.
const [worker = '', ...modules] = process.argv.slice(2);

process.on('message', (message: unknown) => {
  if (!isEnvironment(message)) return;
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, message.env);
});

await import(worker);
for (const name of ['#harness', ...modules]) import(name).catch(() => {});

function isEnvironment(message: unknown): message is { env: NodeJS.ProcessEnv } {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as { type?: unknown }).type === 'kata-environment'
  );
}
