import { ownTestsConfig } from './own-tests-config.ts';

/** The tests that need a terminal, by tmux. */
export default ownTestsConfig('harness/verify/*.terminal.ts');
