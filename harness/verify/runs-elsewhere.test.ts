import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { runsElsewhere } from './runs-elsewhere.ts';

test.each(runsElsewhere)('$file is there, and so is the test that runs it', ({ file, test }) => {
  expect(existsSync(path.join(projectRoot, file))).toBe(true);
  expect(existsSync(path.join(projectRoot, test))).toBe(true);
});
