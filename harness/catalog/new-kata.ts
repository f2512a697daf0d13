import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kataIds } from './kata.ts';
import type { CatalogFolders } from './lint-catalog.ts';

/** A new kata cannot be made as it was asked for. */
export class NewKataError extends Error {
  override readonly name = 'NewKataError';
}

export interface NewKata {
  /** `29` */
  readonly number: string;
  /** As in "Retry storms", from which the folder's name is made. */
  readonly title: string;
  /** 1 to 5. */
  readonly part: number;
}

/**
 * Writes a small kata that is complete: its starter is red, its answers are judged as they must be. Whoever makes a kata of it changes one
 * file after the other, and sees at each step that the rest still holds.
 *
 * @returns the paths of the files, relative to the folder that holds katas/ and solutions/.
 * @throws {NewKataError} where the number is taken, or the title gives no name. Nothing is written then.
 */
export function writeNewKata(kata: NewKata, folders: CatalogFolders): string[] {
  const { number, title } = kata;
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (slug === '') throw new NewKataError(`Expected a title with letters in it, got "${title}".`);
  const taken = kataIds(folders.katas).find((id) => id.startsWith(`${number}-`));
  if (taken !== undefined) {
    throw new NewKataError(`The number ${number} is taken by ${taken}: choose another one.`);
  }
  const id = `${number}-${slug}`;
  if (existsSync(path.join(folders.solutions, id))) {
    throw new NewKataError(`solutions/${id} is there already: move it away first.`);
  }

  const written: string[] = [];
  const write = (folder: 'katas' | 'solutions', files: Record<string, string>): void => {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folders[folder], id, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
      written.push(`${folder}/${id}/${name}`);
    }
  };
  write('katas', kataFiles(kata, slug));
  write('solutions', solutionFiles(slug));
  return written;
}

function kataFiles({ number, title, part }: NewKata, slug: string): Record<string, string> {
  const manifest = {
    title,
    part,
    evidence: ['C', 'V'],
    goal: 'Two tasks take as long as one.',
    files: [`${slug}.ts`],
    modules: [],
  };
  return {
    'README.md': `# ${number} ${title}

A program that somebody knows, and what goes wrong with it, in half a page.

**Goal: two tasks take as long as one.**

- Edit: [${slug}.ts](${slug}.ts)
- Run: \`npm test katas/${number}\`
- Stuck: [hints.md](hints.md)

## asyncio beside Node

| asyncio                      | Node                  |
| ---------------------------- | --------------------- |
| \`asyncio.gather(one, other)\` | \`Promise.all([…, …])\` |

## Contract

\`\`\`ts
export function both(tasks: [() => Promise<string>, () => Promise<string>]): Promise<string[]>;
\`\`\`

- Both tasks are started at once, and each is called once.
- It resolves with both results, in the order of the tasks.
- When a task fails, it rejects with the error of that task.

## Read

- [Promise.all](https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Promise/all) at MDN
`,
    'hints.md': `# Hints

## 1. Look at the timeline

When does the second task begin?

## 2. Calling starts

A call of an \`async\` function starts its work. \`await\` only waits.

## 3. One promise for many

There is a function that makes one promise of a list of promises.
`,
    'kata.json': `${JSON.stringify(manifest, null, 2)
      .replace(/\[\n\s+"C",\n\s+"V"\n\s+\]/, '["C", "V"]')
      .replace(/\[\n\s+("[^"]+")\n\s+\]/, '[$1]')}\n`,
    [`${slug}.ts`]: answer(`  // TODO: the second task waits for the first. Let both begin at once.
  const [first, second] = tasks;
  return [await first(), await second()];`),
    [`${slug}.spec.ts`]: `import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inVirtualTime, kata, random, test } from '#harness';

const load = kata(() => import('./${slug}.ts'));

test('two tasks take as long as one', async () => {
  const { both } = await load();

  const run = await inVirtualTime(() => both([() => task(100), () => task(100)]));

  expect(run).toTakeVirtually(100);
});

test('gives the results in the order of the tasks', async () => {
  const { both } = await load();
  const source = random();
  const [one, other] = [source.nonce(), source.nonce()];

  const { value } = await inVirtualTime(() => both([() => task(200, one), () => task(50, other)]));

  expect(value, 'The results').toEqual([one, other]);
});

test('rejects with the error of the task that failed', async () => {
  const { both } = await load();
  const error = new Error(random().nonce());

  const { value } = await inVirtualTime(() =>
    both([() => Promise.reject(error), () => task(50)]).then(
      () => 'no error',
      (reason: unknown) => reason,
    ),
  );

  expect(value, 'What it rejected with').toBe(error);
});

async function task(ms: number, result = ''): Promise<string> {
  await sleep(ms);
  return result;
}
`,
  };
}

function solutionFiles(slug: string): Record<string, string> {
  const wrong: Record<string, readonly [mistake: string, fails: string, body: string]> = {
    'one-after-another': [
      'Starts the second task when the first has ended.',
      'two tasks take as long as one',
      `  const results: string[] = [];
  for (const task of tasks) results.push(await task());
  return results;`,
    ],
    'completion-order': [
      'Gives the results in the order in which they came.',
      'gives the results in the order of the tasks',
      `  const results: string[] = [];
  await Promise.all(tasks.map(async (task) => results.push(await task())));
  return results;`,
    ],
    'last-first': [
      'Takes the tasks from the end of the list.',
      'gives the results in the order of the tasks',
      `  return Promise.all(tasks.toReversed().map((task) => task()));`,
    ],
    'swallowed-error': [
      'Takes a task that failed for one without a result.',
      'rejects with the error of the task that failed',
      `  return Promise.all(tasks.map((task) => task().catch(() => '')));`,
    ],
  };
  const answers = Object.entries(wrong).map(([name, [mistake, fails, body]]) => [
    `wrong/${name}.ts`,
    `// ${mistake}\n// fails: ${fails}\n${answer(body)}`,
  ]);
  const rows = Object.entries(wrong).map(
    ([name, [mistake]]) => `- [${name}](wrong/${name}.ts): ${mistake}`,
  );
  return {
    'README.md': `# Why it works

A call starts a task. \`Promise.all\` waits for all of them, and gives the results in the order of the list.

## What the wrong answers get wrong

${rows.join('\n')}

## In production

What changes there.
`,
    [`${slug}.ts`]: answer(`  // A call starts a task, so both are under way before anybody waits.
  return Promise.all(tasks.map((task) => task()));`),
    'right/two-constants.ts': answer(`  const [first, second] = tasks;
  const [one, other] = [first(), second()];
  return Promise.all([one, other]);`),
    ...Object.fromEntries(answers),
  };
}

function answer(body: string): string {
  return `/** Does both tasks, and resolves with their results. */
export async function both(
  tasks: [() => Promise<string>, () => Promise<string>],
): Promise<string[]> {
${body}
}
`;
}
