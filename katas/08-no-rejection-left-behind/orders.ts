// Given: a small program that uses your Background. The spec runs it in a process of its own.
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Background } from './no-rejection-left-behind.ts';

let failures = 0;
let tasksUnderWay = 0;
const background = new Background({
  onError: () => {
    failures += 1;
  },
});

if (process.argv[2] === 'other-code') await failInOtherCode();
else await takeOrders();
endEvenIfKeptAlive();

/** The mail server is down: no receipt goes out. The orders are taken all the same. */
async function takeOrders(): Promise<void> {
  for (let order = 1; order <= 10; order += 1) {
    void background.run(() => sendReceipt(order));
    // Beside them much goes well.
    void background.run(() => order);
    void background.run(async () => order);
  }
  await sleep(30);
  console.log('10 orders taken');
}

/** Every second receipt fails at once, the others a little later. */
async function sendReceipt(order: number): Promise<void> {
  tasksUnderWay += 1;
  if (order % 2 === 0) await sleep(order);
  tasksUnderWay -= 1;
  throw new Error(`No receipt for order ${order}`);
}

/** One task has failed, the others go well, and one still runs. The errors are of code that has nothing to do with the Background. */
async function failInOtherCode(): Promise<void> {
  await failInACaller();
  await background.run(() => sleep(1));
  void background.run(() => sleep(20));
  void Promise.reject(new Error('An error of other code'));
  await sleep(30);
  console.log(`The program went on; ${failures} failures were told to onError`);
}

/** A caller makes a promise of its own out of the one of `run`, and does not handle it. That would end the program: so for once it only listens. */
async function failInACaller(): Promise<void> {
  let rejected = false;
  let told = false;
  const listen = (): void => {
    told = true;
  };
  process.on('uncaughtException', listen);
  const running = background.run(() => sendReceipt(1));
  running.catch(() => {
    rejected = true;
  });
  void running.finally(() => {});
  await sleep(1);
  // On a busy machine the millisecond may be over before the loop has turned once.
  await turn();
  process.off('uncaughtException', listen);
  if (rejected && !told) console.log('The error of the caller was hidden');
}

/** When no task runs any more, what keeps the program alive is of the Background. Output that is still on its way is not meant. */
function endEvenIfKeptAlive(): void {
  const isOutput = /^(PipeWrap|TTYWrap|WriteWrap|Immediate)$/;
  const others = process.getActiveResourcesInfo().filter((name) => !isOutput.test(name));
  if (tasksUnderWay > 0 || others.length === 0) return;
  console.log(`Still alive because of ${[...new Set(others)].join(', ')}`);
  process.exit();
}
