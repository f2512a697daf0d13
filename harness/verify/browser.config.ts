import { ownTestsConfig } from './own-tests-config.ts';

/** The tests that need a browser. */
export default ownTestsConfig('harness/verify/*.browser.ts');
