// Runs first in a process that is started before it is needed: what is loaded here is there when the first test begins.
process.on('message', (message: unknown) => {
  if (!isEnvironment(message)) return;
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, message.env);
});

const modules = process.env['KATA_WARM_UP']?.split(',').filter(Boolean) ?? [];
setImmediate(() => {
  for (const name of ['#harness', ...modules]) import(name).catch(() => {});
});

function isEnvironment(message: unknown): message is { env: NodeJS.ProcessEnv } {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as { type?: unknown }).type === 'kata-environment'
  );
}
