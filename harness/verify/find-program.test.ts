import { expect, test } from 'vitest';
import { missingProgram } from './find-program.ts';

test('says which program is missing, or the package that has it', () => {
  expect(missingProgram('node')).toBeNull();
  expect(missingProgram('no-such-browser')).toBe('the program no-such-browser');
  expect(missingProgram('no-such-server', 'the package of it')).toBe('the package of it');
});
