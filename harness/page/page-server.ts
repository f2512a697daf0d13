import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Kata } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';
import type { Progress } from '../learner/progress.ts';
import { EventStreams } from './event-stream.ts';
import { guardRequests } from './guard-requests.ts';
import type { Judge } from './judge.ts';
import { kataActions, KataDesk } from './kata-desk.ts';
import { renderKata } from './kata-view.ts';
import type { KataParts } from './kata-view.ts';
import { renderLayout, renderSoFar } from './layout-view.ts';
import { standings } from './learner-folder.ts';
import type { LearnerFolder } from './learner-folder.ts';
import { renderList } from './list-view.ts';
import type { Changed } from './live-kata.ts';
import { LiveKatas } from './live-katas.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

const assets = [
  ['style.css', 'text/css; charset=utf-8'],
  ['client.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
] as const;

type KataRequest = FastifyRequest<{
  Params: { id: string };
  Querystring: Record<string, string | undefined>;
}>;

/** Builds the page: the list of the katas, and one page for each. It answers to this machine only, and to no other page. */
export function buildPage(folder: LearnerFolder, judge: Judge): FastifyInstance {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 1024 });
  guardRequests(app);
  // A form's fields say nothing here: what is asked for stands in the address.
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => {
    payload.resume().once('end', () => done(null));
  });

  const streams = new EventStreams(app);
  const lives = new LiveKatas(folder, judge);
  const deskOf = (kata: Kata): KataDesk => new KataDesk(lives.of(kata), folder);
  const kataOf = (request: KataRequest): Kata => {
    const kata = folder.katas.find(({ id }) => id === request.params.id);
    if (kata !== undefined) return kata;
    throw Object.assign(new Error(`There is no kata “${request.params.id}”.`), { statusCode: 404 });
  };

  for (const [name, type] of assets) {
    const content = readFileSync(new URL(`assets/${name}`, import.meta.url));
    app.get(`/page/${name}`, (_request, reply) => reply.type(type).send(content));
  }

  app.get('/', (_request, reply) => {
    const rows = standings(folder);
    return sendPage(reply, 'Event Loop Katas', renderList(folder.katas, rows), rows);
  });

  app.get('/katas/:id', (request: KataRequest, reply) => {
    const kata = kataOf(request);
    return sendKata(reply, kata, deskOf(kata).parts());
  });

  app.get('/katas/:id/events', (request: KataRequest, reply) => {
    const kata = kataOf(request);
    const desk = deskOf(kata);
    return streams.open(reply, (stream) => {
      const sent = new Map<string, string>();
      const tell = (changed: Changed): void => {
        const drawn = changed === 'tests' ? desk.testParts() : desk.liveParts();
        const parts = Object.entries(drawn).filter(([id, { text }]) => sent.get(id) !== text);
        if (parts.length === 0) return;
        for (const [id, { text }] of parts) sent.set(id, text);
        stream.send('parts', Object.fromEntries(parts.map(([id, { text }]) => [id, text])));
      };
      const leave = lives.of(kata).listen(tell);
      tell('everything');
      return leave;
    });
  });

  for (const action of kataActions) {
    app.post(`/katas/:id/${action}`, (request: KataRequest, reply) => {
      const kata = kataOf(request);
      const desk = deskOf(kata);
      const changed = desk.act(action, request.query);
      if (request.headers.accept === 'application/json') return reply.send(textsOf(changed));
      // Without the script the whole page comes again.
      return sendKata(reply, kata, { ...desk.parts(), ...changed });
    });
  }

  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 404, `There is nothing at ${request.url}.`),
  );
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode = 500 } = error as { statusCode?: number };
    return sendProblem(reply, statusCode, messageOf(error));
  });
  return app;

  function sendKata(reply: FastifyReply, kata: Kata, parts: KataParts): FastifyReply {
    const index = folder.katas.indexOf(kata);
    const previous = folder.katas[index - 1] ?? null;
    const next = folder.katas[index + 1] ?? null;
    const main = renderKata(kata, folder.answerTo(kata), { previous, next }, parts);
    const title = `${kata.number} ${kata.title} · Event Loop Katas`;
    return send(reply, title, parts['part-progress'], main);
  }

  function sendPage(
    reply: FastifyReply,
    title: string,
    main: Markup,
    rows: readonly Progress[] = standings(folder),
  ): FastifyReply {
    return send(reply, title, renderSoFar(rows), main);
  }

  function send(reply: FastifyReply, title: string, soFar: Markup, main: Markup): FastifyReply {
    const page = renderLayout({ title, soFar, main });
    return reply.type('text/html; charset=utf-8').send(page.text);
  }

  function sendProblem(reply: FastifyReply, status: number, sentence: string): FastifyReply {
    const main = markup`<h1>That did not work</h1><p class="lead">${sentence}</p><p><a class="button" href="/">All katas</a></p>`;
    return sendPage(reply.code(status), 'Event Loop Katas', main);
  }
}

function textsOf(parts: Partial<KataParts>): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([id, { text }]) => [id, text]));
}
