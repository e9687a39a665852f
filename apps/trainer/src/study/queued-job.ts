import { isPlain } from '@dropout-lab/contracts';
import type { Job, Worker } from 'bullmq';

/**
 * Returns what is wrong with a job as Redis has it, where others can write too; undefined when nothing is. Scripts of the
 * queue stop half-way at a field that they cannot read, and leave the job where no worker takes it, or each one again and
 * again.
 *
 * @param fields Of the job's hash, by their names there.
 */
export const faultOfJob = (fields: Readonly<Record<string, string>>): string | undefined => {
  for (const [name, text] of Object.entries(fields)) {
    const expected = rules[name]?.(text);
    if (expected !== undefined) return `${name}: expected ${expected}, received ${text.slice(0, 40)}`;
  }
  return undefined;
};

/** Returns what a field is to be where it is something else. */
type Rule = (text: string) => string | undefined;

const json: Rule = (text) => (parsed(text) === undefined ? 'JSON' : undefined);
const count: Rule = (text) => (/^-?\d{1,15}$/.test(text) ? undefined : 'a whole number');
/** For jobs that come again at times, wait for others or stand for others; those of runs do not. */
const nothing: Rule = () => 'no such field';

const rules: Readonly<Record<string, Rule>> = {
  data: json,
  opts: (text) => {
    const options = parsed(text);
    if (!isPlain(options)) return 'an object of options';
    return 'repeat' in options || 'parent' in options ? 'neither repeat nor parent' : undefined;
  },
  progress: json,
  timestamp: count,
  delay: count,
  priority: count,
  ats: count,
  atm: count,
  stc: count,
  id: nothing,
  rjk: nothing,
  nrjid: nothing,
  deid: nothing,
  defa: nothing,
  parent: nothing,
  parentKey: nothing,
  attemptsMade: nothing,
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Makes of each job at work that the queue's scripts cannot read one that they can, which says what was wrong with it: its
 * next worker refuses that as no run.
 */
export const makeJobsReadable = async (worker: Worker<unknown, string>): Promise<void> => {
  const client = await worker.client;
  for (const id of await client.lrange(worker.toKey('active'), 0, -1)) await makeReadable(worker, id);
};

/** @returns What was wrong with the job; undefined when nothing was. */
const makeReadable = async (worker: Worker<unknown, string>, id: string): Promise<string | undefined> => {
  const client = await worker.client;
  const fields = await client.hgetall(worker.toKey(id));
  const fault = faultOfJob(fields);
  if (fault === undefined) return undefined;
  // Its name and times stay: others of the queue's scripts look at them.
  const data = JSON.stringify(fault);
  await client.hset(worker.toKey(id), { data, opts: '{"removeOnFail":true}', ats: 0, atm: 0, stc: 0 });
  for (const name of ['timestamp', 'delay', 'priority'])
    if (fields[name] === undefined || count(fields[name]) !== undefined)
      await client.hset(worker.toKey(id), { [name]: 0 });
  const others = Object.keys(rules).filter((name) => rules[name] === nothing);
  await client.hdel(worker.toKey(id), 'progress', ...others);
  return fault;
};

/**
 * Prepares a job that a worker has taken, so that it ends when its run does, however it ends: what its options say of
 * further tries and of what is kept is not followed.
 *
 * @returns What was wrong with it as Redis had it; undefined when nothing was.
 */
export const settleJob = async (
  worker: Worker<unknown, string>,
  job: Job<unknown>,
): Promise<string | undefined> => {
  job.opts = { attempts: 1, removeOnComplete: true, removeOnFail: true };
  const fault = await makeReadable(worker, job.id!);
  if (fault === undefined) return undefined;
  Object.assign(job, { parent: undefined, parentKey: undefined, repeatJobKey: undefined });
  return fault;
};
