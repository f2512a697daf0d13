import { expect, test } from 'vitest';
import { runTool } from './run-tool.ts';

test('resolves with what a tool of the checkout printed, without colours', async () => {
  const { code, output } = await runTool('oxfmt', ['--version']);

  expect(code).toBe(0);
  expect(output).toMatch(/^Version: \d+\.\d+\.\d+$/);
});

test('resolves with the code of a tool that fails', async () => {
  const { code, output } = await runTool('oxfmt', ['--check', 'no-such-file.ts']);

  expect(code).toBe(2);
  expect(output).toContain('Expected at least one target file');
});

test('says what to do where the tool is not installed', async () => {
  await expect(runTool('no-such-tool', [])).rejects.toThrow(
    /^Expected the tool no-such-tool; run `npm ci`\./,
  );
});
