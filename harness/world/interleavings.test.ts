import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { installTrampolines } from '../clock/index.ts';
import { eachInterleaving } from './interleavings.ts';
import type { Interleaving } from './interleavings.ts';
import { seed } from './seed.ts';

installTrampolines();

const names = ['ada', 'ben', 'cy'];

test('every order of three callers comes, one caller at a time', async () => {
  const orders = new Set<string>();

  await eachInterleaving(async ({ pause }) => {
    const order: string[] = [];
    await Promise.all(names.map((name) => pause().then(() => order.push(name))));
    orders.add(order.join(' '));
  });

  expect(orders.size).toBe(6);
});

test('the same seed gives the same orders again', async () => {
  const ordersOfRun = async (): Promise<string[]> => {
    const order: string[] = [];
    await eachInterleaving(({ pause }) =>
      Promise.all(names.map((name) => pause().then(() => order.push(name)))),
    );
    return order;
  };

  expect(await ordersOfRun()).toEqual(await ordersOfRun());
});

test('a lost update is found, and the failure tells its story and the seed', async () => {
  const error: Error = await eachInterleaving(loseAnUpdate).then(
    () => expect.fail('Nothing was found.'),
    (reason: Error) => reason,
  );

  expect(error.message.split('\n')).toEqual([
    'expected 1 to be 2 // Object.is equality',
    'What happened, in this order:',
    expect.stringMatching(/^1\. (ada|ben) read 0$/),
    expect.stringMatching(/^2\. (ada|ben) read 0$/),
    expect.stringMatching(/^3\. (ada|ben) wrote 1$/),
    expect.stringMatching(/^4\. (ada|ben) wrote 1$/),
    `Run again with KATA_SEED=${seed()} to get the same order.`,
  ]);
});

test('a run in which nobody can go on is a deadlock, with its story', async () => {
  const stuck = eachInterleaving(async ({ pause, tell }) => {
    await pause();
    tell('waits for nobody');
    await new Promise(() => {});
  });

  await expect(stuck).rejects.toMatchObject({
    kind: 'deadlock',
    message: expect.stringContaining('1. waits for nobody'),
  });
});

test('timers go on when nobody is left to go on, in virtual time', async () => {
  let woken = 0;

  await eachInterleaving(
    async ({ pause }) => {
      await Promise.all([sleep(60_000), pause()]);
      await pause();
      woken += 1;
    },
    { runs: 3 },
  );

  expect(woken).toBe(3);
});

test('short timers between the check and the act do not hide it', async () => {
  const hidden = eachInterleaving(async ({ pause }) => {
    let balance = 0;
    const deposit = async (jitterMs: number): Promise<void> => {
      await sleep(jitterMs);
      const before = balance;
      await pause();
      balance = before + 1;
    };
    await Promise.all([deposit(1), deposit(9)]);
    expect(balance).toBe(2);
  });

  await expect(hidden).rejects.toThrow('expected 1 to be 2');
});

test('a check that throws at once fails, and a number of runs below one is refused', async () => {
  const failing = eachInterleaving(() => {
    throw new TypeError('no hall');
  });

  await expect(failing).rejects.toThrow(/^no hall\nRun again with KATA_SEED=/);
  await expect(eachInterleaving(() => {}, { runs: 0 })).rejects.toThrow(RangeError);
});

async function loseAnUpdate({ pause, tell }: Interleaving): Promise<void> {
  let balance = 0;
  const deposit = async (name: string): Promise<void> => {
    await pause();
    const before = balance;
    tell(`${name} read ${before}`);
    await pause();
    balance = before + 1;
    tell(`${name} wrote ${balance}`);
  };
  await Promise.all([deposit('ada'), deposit('ben')]);
  expect(balance).toBe(2);
}
