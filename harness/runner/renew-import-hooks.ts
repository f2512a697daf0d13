import module from 'node:module';

const { registerHooks } = module;
let last: ReturnType<typeof registerHooks> | null = null;

/**
 * Lets the next call of `module.registerHooks` take the place of the one that this function was called for before: it deregisters those hooks first.
 *
 * Vitest's worker hooks into the imports anew for each run of a process, and leaves the hooks of the run before (`setupNodeLoaderHooks`, Vitest 5.1): the
 * thirtieth answer of a process would have each import resolved by thirty of them.
 */
export function renewImportHooks(): void {
  module.registerHooks = (options) => {
    module.registerHooks = registerHooks;
    last?.deregister();
    last = registerHooks(options);
    return last;
  };
}
