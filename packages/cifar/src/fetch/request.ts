import { setTimeout as startTimer } from 'node:timers';
import { ConfigError, shownAddress, withoutSecrets } from '@dropout-lab/contracts';
import { type Connection, hasDecodableUser, refusalOfProxy } from './proxy.ts';

/** How long a download waits, and how often it asks. */
export interface Patience {
  /** A connection that brings fewer than `stallBytes` in so many milliseconds is given up. */
  readonly stallMs: number;
  readonly stallBytes: number;
  /** The pause before each next try, in milliseconds; so many tries in a row may bring next to nothing. */
  readonly pausesMs: readonly number[];
}

export const PATIENCE: Patience = { stallMs: 30_000, stallBytes: 16_384, pausesMs: [0, 1000, 4000, 8000] };

/** The connection broke or was given up: what came so far is kept, the rest can be asked for. */
export class InterruptedError extends Error {}

/** An answer, its body watched for stalling. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: AsyncGenerator<Uint8Array>;
  /** Ends the connection, unless all was taken: what is left is not waited for. */
  readonly discard: () => void;
}

/**
 * Checks the address of a mirror.
 *
 * @throws ConfigError
 */
export const requireMirror = (url: string): void => {
  if (/^https?:\/\/\S+$/i.test(url) && URL.canParse(url) && hasDecodableUser(new URL(url))) return;
  throw new ConfigError(
    `mirror: expected the address of a copy of the archive, such as https://mirror.example/archive.tar.gz, received ${shownAddress(url)}`,
  );
};

/** `fetch` takes no address with a password in it: that goes into a header, which it does not send on to other hosts. */
const withoutUser = (address: string): { readonly url: string; readonly headers: Record<string, string> } => {
  const url = new URL(address);
  const user = `${url.username}:${url.password}`;
  if (user === ':') return { url: address, headers: {} };
  url.username = '';
  url.password = '';
  const credentials = Buffer.from(decodeURIComponent(user)).toString('base64');
  return { url: url.href, headers: { authorization: `Basic ${credentials}` } };
};

/**
 * Asks for a file from byte `from` on.
 *
 * @throws InterruptedError, from the body too, when the connection breaks or stalls.
 */
export const ask = async (
  address: string,
  from: number,
  { fetch }: Connection,
  { stallMs, stallBytes }: Patience,
  signal: AbortSignal | undefined,
): Promise<Answer> => {
  const stalled = new AbortController();
  const timer = startTimer(() => stalled.abort(), stallMs);
  const failed = (error: unknown): unknown => {
    clearTimeout(timer);
    if (signal?.aborted) return signal.reason;
    if (stalled.signal.aborted)
      return new InterruptedError(`fewer than ${stallBytes} bytes came in ${stallMs / 1000} seconds`);
    return new InterruptedError(reasonOf(error), { cause: error });
  };

  async function* body(response: Response): AsyncGenerator<Uint8Array> {
    let brought = 0;
    try {
      if (response.body === null) return;
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        brought += chunk.length;
        if (brought >= stallBytes) {
          brought = 0;
          timer.refresh();
        }
        yield chunk;
      }
    } catch (error) {
      throw failed(error);
    } finally {
      clearTimeout(timer);
    }
  }

  try {
    const { url, headers } = withoutUser(address);
    const response = await fetch(url, {
      // A server that compresses on the fly would make byte ranges and lengths meaningless.
      headers: { ...headers, 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) },
      signal: AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]),
    });
    return {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
      body: body(response),
      discard: () => {
        clearTimeout(timer);
        stalled.abort();
      },
    };
  } catch (error) {
    throw failed(error);
  }
};

/** Returns the innermost reason, which says most, without passwords of addresses that it names. */
const reasonOf = (error: unknown): string => {
  let reason = error;
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
  if (reason instanceof AggregateError) reason = reason.errors[0];
  // Of OpenSSL's errors, the message is its file and line, too.
  const { reason: short } = reason as { readonly reason?: unknown };
  const text = typeof short === 'string' ? short : reason instanceof Error ? reason.message : String(reason);
  // All that fetch lets anybody see of an answer with status 407.
  if (text === '') return refusalOfProxy(407);
  const status = /^Proxy [\w ]+ \((\d+)\)/.exec(text)?.[1];
  if (status !== undefined) return refusalOfProxy(Number(status));
  return withoutSecrets(
    text === 'terminated' || text === 'other side closed' ? 'the connection broke off' : text,
  );
};
