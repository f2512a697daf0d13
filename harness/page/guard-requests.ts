import type { FastifyInstance, FastifyRequest } from 'fastify';

const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
  // With `no-referrer` a browser would name no origin where a form is sent.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/**
 * Refuses, with 403 and one sentence, what another page or another name for this machine asks for: the page runs code. Paths that climb out are
 * refused too. Every answer gets the headers that keep the page to itself.
 */
export function guardRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const reason = reasonToRefuse(request, portOf(app));
    if (reason === null) return;
    await reply.code(403).type('text/plain; charset=utf-8').send(`${reason}\n`);
  });
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return address !== null && typeof address === 'object' ? address.port : 80;
}

function reasonToRefuse(request: FastifyRequest, port: number): string | null {
  const hosts = ['127.0.0.1', 'localhost'].flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  const { host, origin, 'sec-fetch-site': site, 'sec-fetch-dest': destination } = request.headers;
  // A name that somebody else's server gave to this machine would come with its own host.
  if (host === undefined || !hosts.includes(host)) {
    return `Expected the host 127.0.0.1:${port}, got ${host ?? 'none'}.`;
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (origin === undefined ? !isRead : origin !== `http://${host}`) {
    return `Only this page itself may ask; the request came from ${origin ?? 'nowhere'}.`;
  }
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  // A link of another page may lead here; nothing else of it may.
  if (!isOwn && destination !== 'document') return 'Only this page itself may ask.';
  return climbs(request.url) ? 'The path climbs out of the page.' : null;
}

function climbs(url: string): boolean {
  const [pathname = ''] = url.split('?');
  try {
    return decodeURIComponent(pathname)
      .split(/[/\\]/)
      .some((part) => part === '..' || part.includes('\0'));
  } catch {
    return true;
  }
}
