import { syncBuiltinESMExports } from 'node:module';
import { modulesForAll } from '../catalog/kata.ts';

/** Nothing of the process, of its files or of the judge can be reached through these. */
const harmless = new Set([
  ...modulesForAll.map((module) => module.replace(/^node:/, '').split('/')[0]!),
  'http',
  'net',
  'zlib',
]);

/** Ways into the machinery of Node: to its own modules, to native code, to another program, and to what other code holds open. */
const inner = [
  '_debugEnd',
  '_debugProcess',
  '_getActiveHandles',
  '_getActiveRequests',
  '_linkedBinding',
  'binding',
  'dlopen',
  'execve',
  'mainModule',
];

/** An answer asks the process for what its kata does not name. */
class ClosedDoorError extends Error {
  override readonly name = 'ClosedDoorError';
}

/**
 * From now on the global `process` gives a program no more of Node than an import does: a debugger or the hooks of the module loader would lead to
 * everything that judges in the same process.
 *
 * @param mayUse whether the answer that is judged now may import the module of this name, which is without `node:`.
 */
export function closeDoors(mayUse: (module: string) => boolean): void {
  const getBuiltinModule = process.getBuiltinModule.bind(process);
  const give = (id: unknown): object | undefined => {
    // Turned into a text once: it may be another one each time that it is looked at.
    const name = String(id).replace(/^node:/, '');
    if (!harmless.has(name.split('/')[0]!) && !mayUse(name)) {
      throw new ClosedDoorError(
        `process.getBuiltinModule('${name}') was asked for. An answer may use the modules that its kata names.`,
      );
    }
    return getBuiltinModule(name);
  };
  close('getBuiltinModule', give);
  for (const name of inner) {
    close(name, () => {
      throw new ClosedDoorError(`process.${name} was called. An answer does not need it.`);
    });
  }
  // Also for who imports them by name from node:process.
  syncBuiltinESMExports();
}

function close(name: string, value: unknown): void {
  const closed = { value, enumerable: true, configurable: false, writable: false };
  Object.defineProperty(process, name, closed);
}
