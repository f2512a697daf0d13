import type { Dispatcher } from 'undici';
import type { OpenRequest } from './traffic.ts';

type HandlerOf<Name extends keyof Dispatcher.DispatchHandler> = Parameters<
  NonNullable<Dispatcher.DispatchHandler[Name]>
>;

/**
 * Passes on what undici tells a request's handler, and ends the request in the books before its client hears of the end.
 *
 * https://undici.nodejs.org/#/docs/api/Dispatcher?id=parameter-dispatchhandler
 */
export class CountingHandler implements Dispatcher.DispatchHandler {
  readonly request: OpenRequest;
  #handler: Dispatcher.DispatchHandler;
  #controller: Dispatcher.DispatchController | null = null;
  #gone = new AbortController();
  #failure: Error | null = null;
  #ended = false;

  constructor(handler: Dispatcher.DispatchHandler, request: OpenRequest) {
    this.#handler = handler;
    this.request = request;
  }

  /** Aborted when the client gave up. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Ends the request with `error` as its connection's. */
  fail(error: Error): void {
    this.#failure = error;
    this.#controller?.abort(error);
  }

  onRequestStart(...start: HandlerOf<'onRequestStart'>): void {
    [this.#controller] = start;
    this.#handler.onRequestStart?.(...start);
  }

  onResponseStart(...answer: HandlerOf<'onResponseStart'>): void {
    this.#handler.onResponseStart?.(...answer);
  }

  onResponseData(...data: HandlerOf<'onResponseData'>): void {
    this.#handler.onResponseData?.(...data);
  }

  onResponseEnd(...end: HandlerOf<'onResponseEnd'>): void {
    this.#ended = true;
    this.request.end('done');
    this.#handler.onResponseEnd?.(...end);
  }

  onResponseError(...failure: HandlerOf<'onResponseError'>): void {
    if (this.#ended) return;
    this.#ended = true;
    const [, error] = failure;
    this.request.end(error === this.#failure ? 'failed' : 'aborted');
    this.#gone.abort(error);
    this.#handler.onResponseError?.(...failure);
  }
}
