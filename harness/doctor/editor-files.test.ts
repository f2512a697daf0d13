import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';

function read(...names: string[]): unknown {
  return JSON.parse(readFileSync(path.join(projectRoot, ...names), 'utf8'));
}

test('every task of the editor runs a script that there is', () => {
  const { tasks } = read('.vscode', 'tasks.json') as { tasks: { args: string[] }[] };
  const { scripts } = read('package.json') as { scripts: Record<string, string> };

  for (const { args } of tasks) {
    expect(scripts).toHaveProperty([args[0] === 'run' ? args[1]! : args[0]!]);
  }
});

test('the dev container brings the extensions that the editor recommends', () => {
  const { recommendations } = read('.vscode', 'extensions.json') as { recommendations: string[] };
  const { customizations } = read('.devcontainer', 'devcontainer.json') as {
    customizations: { vscode: { extensions: string[] } };
  };

  expect(customizations.vscode.extensions).toEqual(recommendations);
});
