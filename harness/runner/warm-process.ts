// The program of a test process that is started before it is needed. It is Vitest's own worker, with what it will need loaded beforehand. Not
// by `--import`: threads and child processes that an answer starts would inherit that, and load the harness too.
import { fileURLToPath } from 'node:url';
import { redirectTo } from '../submission/redirect.ts';
import { beginSealedRun, beginSealing } from '../verdict/seal.ts';
import { beginSeed } from '../world/seed.ts';
import { withLateParts } from './late-parts.ts';
import { loadVitestWorker } from './load-vitest-worker.ts';
import { isProcessClean } from './process-state.ts';
import { renewImportHooks } from './renew-import-hooks.ts';
import { lateChunksIn } from './vitest-chunks.ts';
import { isWarmRequest } from './warm-messages.ts';
import type { IdleReply } from './warm-messages.ts';

const [worker = '', ...modules] = process.argv.slice(2);
// Before any answer could put something else in its place.
const send = process.send!.bind(process);

let isWaiting = true;

process.on('message', (message: unknown) => {
  if (!isWarmRequest(message)) return;
  if (message.type === 'kata-seal') {
    beginSealing(message.secret);
    // Loads what belongs to `fetch`, which takes 50 ms, while nobody waits: the built-ins that are noted later are made of it too.
    void globalThis.Response;
    return;
  }
  if (message.type === 'kata-environment') {
    isWaiting = false;
    begin(message.env);
    if (message.run !== null) beginSealedRun(message.run);
    return;
  }
  void isProcessClean().then((idle) => send({ type: 'kata-idle', idle } satisfies IdleReply));
});

await loadVitestWorker(() => import(worker));
const chunks = lateChunksIn(fileURLToPath(new URL('../chunks', worker)));
for (const name of [...chunks, ...modules.flatMap(withLateParts)]) import(name).catch(() => {});
// Where the harness cannot be loaded, the run of the first answer tells why.
prepareHarness().catch(() => {});

async function prepareHarness(): Promise<void> {
  await import('#harness');
  const { rehearseMatchers } = await import('../verdict/plant-canaries.ts');
  rehearseMatchers();
  if (!modules.includes('fastify')) return;
  const { rehearseServer } = await import('./rehearse-server.ts');
  // Never beside a test, whose clock would be in its way.
  if (isWaiting) await rehearseServer();
}

/** Makes the process ready for the next answer. */
function begin(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  redirectTo(env['KATAS_FROM']);
  beginSeed(env['KATA_SEED']);
  renewImportHooks();
  // Vitest's worker listens anew for each run, for answers to what the run before it asked too.
  process.setMaxListeners(process.getMaxListeners() + 1);
}
