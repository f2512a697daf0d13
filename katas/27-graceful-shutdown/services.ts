// Given: what the server is made of, in one place.
export { Database } from './database.ts';
export { EventStreams } from './event-streams.ts';
export { Jobs } from './jobs.ts';
export { Pool } from './pool.ts';
export { addRoutes } from './routes.ts';
