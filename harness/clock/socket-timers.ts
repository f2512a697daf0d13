import diagnosticsChannel from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { rulingClock } from './ruling-clock.ts';
import { VirtualTimer } from './virtual-timer.ts';

/** What Node does with the timer of a socket: `refresh()` at each byte, and the rest to clear it. Undocumented. */
interface TimerOfSocket {
  refresh(): unknown;
  _onTimeout: unknown;
  readonly _destroyed: boolean;
}

const timerKey = Object.getOwnPropertySymbols(new Socket()).find(
  ({ description }) => description === 'timeout',
);

/**
 * Lets the sockets that this thread connects time out in the time that rules when `socket.setTimeout` is called: the `timeout` of `node:http` is one
 * of these timers. Those of a server stay real, as it keeps idle connections by them.
 */
export function virtualizeSocketTimers(): void {
  if (timerKey === undefined) return;
  diagnosticsChannel.subscribe('net.client.socket', (message) => {
    const socket: unknown = Reflect.get(Object(message), 'socket');
    if (socket instanceof Socket) followTimeout(socket, timerKey);
  });
}

function followTimeout(socket: Socket, key: symbol): void {
  const nodesOwn = socket.setTimeout.bind(socket);
  const setTimeout = (milliseconds: number, callback?: () => void): Socket => {
    nodesOwn(milliseconds, callback);
    if (rulingClock() && !socket.destroyed && milliseconds > 0) {
      clearTimeout(Reflect.get(socket, key) as NodeJS.Timeout);
      Reflect.set(socket, key, timerOfSocket(socket, milliseconds));
    }
    return socket;
  };
  Object.defineProperty(socket, 'setTimeout', {
    value: setTimeout,
    writable: true,
    configurable: true,
  });
}

function timerOfSocket(socket: Socket, milliseconds: number): TimerOfSocket {
  const onTimeout = Reflect.get(socket, '_onTimeout') as () => void;
  const timer = new VirtualTimer('socket.setTimeout', onTimeout.bind(socket), milliseconds).unref();
  return {
    refresh: () => timer.refresh(),
    // Node clears a timer by taking away its callback, and leaves it alone from then on if it counts as destroyed.
    get _onTimeout() {
      return onTimeout;
    },
    set _onTimeout(_nothing) {
      timer.close();
    },
    _destroyed: true,
  };
}
