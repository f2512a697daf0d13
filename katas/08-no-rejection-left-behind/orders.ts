// Given: a small program that uses your Background. The spec runs it in a process of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { Background } from './no-rejection-left-behind.ts';

let failures = 0;
const background = new Background({
  onError: () => {
    failures += 1;
  },
});

if (process.argv[2] === 'other-code') await failInOtherCode();
else await takeOrders();

/** The mail server is down: no receipt goes out. The orders are taken all the same. */
async function takeOrders(): Promise<void> {
  for (let order = 1; order <= 10; order += 1) {
    void background.run(() => sendReceipt(order));
  }
  await sleep(30);
  console.log('10 orders taken');
}

/** Every second receipt fails at once, the others a little later. */
async function sendReceipt(order: number): Promise<void> {
  if (order % 2 === 0) await sleep(order);
  throw new Error(`No receipt for order ${order}`);
}

/** Both tasks go well, and one still runs. The error is of code that has nothing to do with the Background. */
async function failInOtherCode(): Promise<void> {
  await background.run(() => sleep(1));
  void background.run(() => sleep(20));
  void Promise.reject(new Error('An error of other code'));
  await sleep(30);
  console.log(`The program went on; ${failures} failures were told to onError`);
}
