/**
 * Trains the first epochs of a history in the repository again, and compares every digit.
 *
 *     npm run reproduce tutorial
 *     npm run reproduce tutorial -- --epochs 2 --workers 1
 *     npm run reproduce NAME -- --record RUN
 *
 * The last one keeps the history of a run under that name. Exit codes: 0 reproduced, 1 not, 2 wrong command line.
 */
import { stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { configOf, HISTORIES, ReproduceError, readHistory, recordRun } from './record.mjs';
import { differencesOf, reproduce } from './reproduce.mjs';

/** @param {string} line */
const say = (line) => stdout.write(`${line}\n`);

/** @param {string} text @param {number} most */
const epochsIn = (text, most) => {
  const epochs = Number(text);
  if (Number.isInteger(epochs) && epochs >= 1 && epochs <= most) return epochs;
  throw new ReproduceError(
    `--epochs: expected a whole number from 1 to ${most}, the epochs of the history, received ${text}`,
  );
};

const options = /** @type {const} */ ({
  epochs: { type: 'string', default: '1' },
  workers: { type: 'string' },
  'data-dir': { type: 'string' },
  record: { type: 'string' },
});

const main = async () => {
  const { values, positionals } = (() => {
    try {
      return parseArgs({ options, allowPositionals: true });
    } catch (error) {
      throw new ReproduceError(/** @type {Error} */ (error).message);
    }
  })();
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0)
    throw new ReproduceError('expected the name of one history, as in npm run reproduce tutorial');
  if (values.record !== undefined) {
    recordRun(name, values.record);
    say(`Kept as ${HISTORIES}/${name}: commit it.`);
    return;
  }
  const history = readHistory(name);
  const epochs = epochsIn(values.epochs, history.rows.length);
  const all = configOf(history).epochs;
  say(
    `The history ${name} has ${history.rows.length} of ${all} epochs, by commit ${history.commit} on ${history.machine}, ${history.backend}.`,
  );
  const differences = differencesOf(
    await reproduce(history, { epochs, workers: values.workers, dataDir: values['data-dir'] }),
  );
  for (const difference of differences) say(difference);
  if (differences.length > 0) {
    say(
      'Not reproduced: other code than that of its commit computes other digits; check it out, or record the history again.',
    );
    process.exitCode = 1;
    return;
  }
  say(`Reproduced: ${epochs === 1 ? 'epoch 1 is' : `epochs 1 to ${epochs} are`} the same to the last digit.`);
  if (epochs < history.rows.length)
    say(
      `The rest of the history: ${HISTORIES}/${name}/history.csv; --epochs ${history.rows.length} compares all of it.`,
    );
  if (history.rows.length < all) say('Later epochs are not kept.');
};

try {
  await main();
} catch (error) {
  if (!(error instanceof ReproduceError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
