import module from 'node:module';
import { expect, onTestFinished, test } from 'vitest';
import { renewImportHooks } from './renew-import-hooks.ts';

const asked: string[] = [];

/** Hooks into the imports, and notes each time that it is asked for the test's own module. */
function hook(name: string): void {
  const hooks = module.registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('data:text/javascript,//')) asked.push(name);
      return next(specifier, context);
    },
  });
  onTestFinished(() => hooks.deregister());
}

test('hooks into the imports take the place of those that were renewed before, and of no others', async () => {
  const { registerHooks } = module;
  hook('others before');
  renewImportHooks();
  hook('first');
  renewImportHooks();
  hook('second');
  hook('others after');

  const own = 'data:text/javascript,//one';
  await import(own);

  expect(asked).toEqual(['others after', 'second', 'others before']);
  expect(module.registerHooks).toBe(registerHooks);
});
