// Given: what the server does, until it is told to stop.
import type { FastifyInstance } from 'fastify';
import type { EventStreams } from './event-streams.ts';
import type { Jobs } from './jobs.ts';
import type { Pool } from './pool.ts';
import { longWork, tell } from './tell.ts';

interface Services {
  pool: Pool;
  jobs: Jobs;
  streams: EventStreams;
}

type WithId = { Params: { id: string } };

export function addRoutes(app: FastifyInstance, { pool, jobs, streams }: Services): void {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get<WithId>('/reports/:id', async ({ params: { id } }) => {
    tell(`report ${id} is asked for`);
    await longWork(`report ${id}`);
    return { id, letters: await pool.run(id) };
  });

  app.post<WithId>('/jobs/:id', async ({ params: { id } }, reply) => {
    jobs.start(id);
    return reply.code(202).send({ id });
  });

  app.get('/events', (_request, reply) => {
    reply.hijack();
    streams.begin(reply.raw);
  });
}
