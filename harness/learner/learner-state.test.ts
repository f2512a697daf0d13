import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './fixtures/made-kata.ts';
import { changeState, readState } from './learner-state.ts';

const nothing = { hints: {}, verdicts: {} };

test('a state that is not there is empty', () => {
  expect(readState(path.join(makeFolder(), 'learner.json'))).toEqual(nothing);
});

test.each(['', '{', '[]', '{"hints":{"03":"many"},"verdicts":{}}'])(
  'a state that cannot be read is taken as nothing: %j',
  (text) => {
    const file = path.join(makeFolder({ 'learner.json': text }), 'learner.json');

    expect(readState(file)).toEqual(nothing);
  },
);

test('a change is kept, in folders that are made for it', () => {
  const file = path.join(makeFolder(), 'new', 'learner.json');

  changeState((state) => ({ ...state, hints: { '03-three-fetches': 1 } }), file);
  changeState((state) => ({ ...state, hints: { ...state.hints, '10-task-group': 2 } }), file);

  expect(readState(file).hints).toEqual({ '03-three-fetches': 1, '10-task-group': 2 });
});

test('what another process was writing when it was killed changes nothing', () => {
  const file = path.join(makeFolder(), 'learner.json');
  changeState((state) => ({ ...state, hints: { a: 1 } }), file);
  writeFileSync(`${file}.4711`, readFileSync(file, 'utf8').slice(0, 9));

  expect(readState(file).hints).toEqual({ a: 1 });
});
