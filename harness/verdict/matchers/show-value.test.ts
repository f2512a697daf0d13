import { expect, test } from 'vitest';
import { showValue } from './show-value.ts';

test('values are shown in one short line', () => {
  expect(showValue('text')).toBe("'text'");
  expect(showValue({ a: { b: { c: 1 } } })).toBe('{ a: { b: [Object] } }');
  expect(showValue(new TypeError('x is\nnot a function'))).toBe('TypeError: x is not a function');
  expect(showValue('x'.repeat(10_000)).length).toBeLessThanOrEqual(120);
  expect(showValue(Array.from({ length: 10_000 }, () => 'item')).length).toBeLessThanOrEqual(120);
});

test('an error inside a list is shown without its stack', () => {
  expect(showValue([new Error('no'), 1])).toBe('[ Error: no, 1 ]');
  expect(showValue({ a: new Error('no'), b: 1 })).toBe('{ a: Error: no, b: 1 }');
});

test('nothing of the value is called', () => {
  let calls = 0;
  const hostile = {
    get trap() {
      calls += 1;
      return calls;
    },
    [Symbol.for('nodejs.util.inspect.custom')]: () => {
      calls += 1;
      return 'custom';
    },
    toString: () => {
      calls += 1;
      return 'string';
    },
  };

  expect(showValue(hostile)).toContain('[Getter]');
  expect(calls).toBe(0);
});

test('what cannot be shown is said so', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  expect(() => showValue(proxy)).not.toThrow();
});
