import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConfigError,
  DropoutLabError,
  parseRunConfigAt,
  parseWith,
  type RunConfig,
  shownAddress,
  withoutSecrets,
} from '@dropout-lab/contracts';
import { makeFolder, readTextFile, systemErrorCode, systemErrorSentence } from '@dropout-lab/files/node';
import { z } from 'zod';
import type { Reporter } from '../command/reporter.ts';

/** A job of the queue: one run, which whoever takes it finds or makes in the store. */
export interface RunJob {
  /** `dropout, seed 0`. */
  readonly name: string;
  readonly config: RunConfig;
  /** The command line that asked for the run, without secrets, for its manifest. */
  readonly command: readonly string[];
}

/** The configuration is parsed by its own schema. */
const jobSchema = z.strictObject({
  name: z.string().max(1000, 'expected a name of at most 1000 characters'),
  config: z.record(z.string(), z.unknown()),
  command: z
    .array(z.string())
    .max(1000, 'expected at most 1000 words')
    .refine((words) => words.join('').length <= 100_000, 'expected at most 100000 characters'),
});

/**
 * Parses a job as it comes from Redis, where others can write too.
 *
 * @throws ConfigError when it is none, or its run could not be trained.
 */
export const parseRunJob = (data: unknown): RunJob => {
  const { name, config, command } = parseWith(jobSchema, data, 'job');
  return { name, config: parseRunConfigAt(config, 'job: config'), command };
};

/** A worker's report on the run that it trains. */
export interface RunProgress {
  readonly worker: string;
  readonly text: string;
}

const progressSchema = z.object({ worker: z.string().max(300), text: z.string().max(2000) });

/** Parses a report as it comes from Redis; undefined when it is none. */
export const parseRunProgress = (data: unknown): RunProgress | undefined =>
  progressSchema.safeParse(data).data;

/** A queue that cannot be used. */
class QueueError extends DropoutLabError {
  override readonly name = 'QueueError';
}

/** A run's job is given to another worker when its own has been silent for so many seconds. */
export const DEFAULT_LEASE_SECONDS = 30;

/**
 * Connects to the queue of a store's runs: BullMQ on Redis, which are loaded when they are asked for.
 *
 * @param url `redis://host:6379`, `rediss://…` with TLS.
 * @param store The folder of the runs, the same for all who use the queue. It has a name of its own, so that
 *   no worker takes a run whose folder it does not share.
 * @throws QueueError when BullMQ is not installed or Redis does not answer.
 */
export const connectQueue = async (url: string, store: string) => {
  const bullmq = await load(() => import('bullmq'));
  await requireRedis(url);
  const name = `dropout-lab-${await storeId(store)}`;
  // Workers wait for as long as it takes.
  const connection = { url, maxRetriesPerRequest: null };
  return { bullmq, name, connection };
};

const load = async <T>(module: () => Promise<T>): Promise<T> => {
  try {
    return await module();
  } catch (cause) {
    throw new QueueError(
      `--queue: expected the optional package bullmq, found none that loads: npm install bullmq (${(cause as Error).message})`,
      { cause },
    );
  }
};

const ANSWER_MS = 10_000;

/** @throws Error when the work takes longer. */
const within = async <T>(milliseconds: number, work: () => Promise<T>): Promise<T> => {
  const ended = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`no answer came in ${milliseconds / 1000} seconds`);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    ended.abort();
    late.catch(() => {});
  }
};

/** Left to itself, the client would try for ever, and say nothing. */
const requireRedis = async (url: string): Promise<void> => {
  const { Redis } = await load(() => import('ioredis'));
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 10_000 });
  // The promise is only rejected because the connection is closed: why that was, the first event says.
  let reason: Error | undefined;
  redis.on('error', (error) => {
    reason ??= error;
  });
  try {
    const found = await within(ANSWER_MS, async () => {
      await redis.connect();
      return redis.ping();
    });
    if (found !== 'PONG') throw new Error(`it answers PING with ${JSON.stringify(found)?.slice(0, 80)}`);
  } catch (error) {
    // Without its cause, which has the client's last command with it: the one that gave the password.
    throw new QueueError(
      `--queue ${shownAddress(url)}: expected a Redis server that answers: ${queueErrorText(reason ?? error, url)}: start one, or leave --queue out to train here`,
    );
  } finally {
    redis.disconnect();
  }
};

/**
 * Returns the message of an error of the queue's client or server, without the password: a server that does not know AUTH
 * repeats what it was given.
 */
const queueErrorText = (error: unknown, url: string): string => {
  const { password, searchParams } = new URL(url);
  const secrets = [password, decoded(password) ?? '', ...searchParams.values()].filter((text) => text !== '');
  const message = error instanceof Error ? error.message : String(error);
  return withoutSecrets(secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message));
};

/** The same error, again and again, is worth a line this often. */
const SAME_ERROR_MS = 15_000;

/** Returns a listener that reports errors of the queue, without its password: a server that refuses does so many times a second. */
export const queueErrorReporter = (url: string, reporter: Pick<Reporter, 'line'>) => {
  const reported = new Map<string, number>();
  return (error: Error): void => {
    const text = queueErrorText(error, url);
    const now = Date.now();
    for (const [old, time] of reported) if (now - time >= SAME_ERROR_MS) reported.delete(old);
    if (reported.has(text)) return;
    reported.set(text, now);
    reporter.line(`queue: ${text}`);
  };
};

/**
 * Checks the address of a Redis server.
 *
 * @throws ConfigError
 */
export const redisAddress = (text: string): string => {
  const url = /^rediss?:\/\/\S+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (
    url &&
    url.hostname !== '' &&
    /^(\/\d*)?$/.test(url.pathname) &&
    decoded(url.username + url.password) !== undefined
  )
    return text;
  // Without a scheme it may be nothing but a password.
  const received = /:\/\/|@/.test(text) ? shownAddress(text) : 'one without redis://';
  throw new ConfigError(
    `--queue: expected the address of a Redis server, such as redis://localhost:6379, received ${received}: a port is at most 65535, and of a password, / ? # % and spaces are written as %2F %3F %23 %25 and %20`,
  );
};

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** Made by the first that asks; of several at once, one makes it. */
const storeId = async (store: string): Promise<string> => {
  await makeFolder(store);
  const file = join(store, 'store-id');
  try {
    await writeFile(file, randomUUID(), { flag: 'wx' });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  }
  return (await readStoreId(file)).trim();
};

const readStoreId = async (file: string): Promise<string> => {
  try {
    return await readTextFile(file, { limit: 1000 });
  } catch (cause) {
    throw new QueueError(
      systemErrorSentence(cause, file, "the store's identity", 'choose another --store, or remove that file'),
      { cause },
    );
  }
};
