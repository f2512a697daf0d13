// The program of one process of a SessionPool: it keeps one Vitest and judges what it is sent, one job after another.
import { KataSession } from './kata-session.ts';
import type { SessionReply, SessionRequest } from './session-messages.ts';

process.on('message', (request: SessionRequest) => {
  void answer(request);
});
process.once('disconnect', endWithEverything);

const session = await KataSession.open();
tell({ type: 'ready' });

async function answer(request: SessionRequest): Promise<void> {
  if (request.type === 'close') {
    process.off('disconnect', endWithEverything);
    await session.close();
    process.disconnect?.();
    return;
  }
  if (request.type === 'prepare') {
    session.prepareConfined(request.confinement, request.packages);
    return;
  }
  if (request.type === 'drop') {
    session.drop();
    return;
  }
  try {
    const onTest = (id: string, test: SessionTest): void => tell({ type: 'test', kata: id, test });
    const { kata, seed, tellsTests, ...options } = request;
    const result = await session.run(kata, {
      ...options,
      ...(seed !== undefined && { seed }),
      ...(tellsTests && { onTest }),
    });
    tell({ type: 'result', result });
  } catch (error) {
    tell({ type: 'refused', message: error instanceof Error ? error.message : String(error) });
  }
}

type SessionTest = Extract<SessionReply, { type: 'test' }>['test'];

function tell(reply: SessionReply): void {
  process.send?.(reply);
}

/** The pool's process is gone. This process leads a group of its own: so nothing of a hanging kata stays behind. */
function endWithEverything(): void {
  if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
  process.exit(1);
}
