import { ownTestsConfig } from './own-tests-config.ts';

/** The tests that need a Redis server. */
export default ownTestsConfig('harness/classroom/queue/*.redis.ts');
