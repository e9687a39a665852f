/**
 * `npm run setup:native`: makes tfjs-node work where the ordinary install could not, into a cache folder that
 * outlives `npm ci`. The last line is `native: ready (…)` or `native: not available: …` (exit code 1), which leaves
 * everything as it was. docs/native-backend.md explains it.
 */
import { exitCodeOf, spawnTurbo } from '../spawn-turbo.mjs';

const INTERRUPTED = 130;

// Child processes and half-built folders are removed when the process exits, which a signal alone would prevent.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(INTERRUPTED));

const build = spawnTurbo(
  ['build', '--filter=@dropout-lab/backend', '--output-logs=errors-only', '--log-order=grouped'],
  ['ignore', 'ignore', 'inherit'],
);
if ((await exitCodeOf(build)) !== 0) {
  console.log('native: not available: @dropout-lab/backend could not be built (npm run build says why)');
  process.exit(1);
}

const { setUpNative } = await import('./setup-native.mjs');
try {
  console.log(`native: ready (${await setUpNative((line) => console.log(line))})`);
} catch (error) {
  const { name, message, stack } = /** @type {Error} */ (error);
  if (name !== 'CommandError' && name !== 'MissingToolsError') process.stderr.write(`${stack}\n`);
  console.log(`native: not available: ${message}; training continues with wasm`);
  process.exitCode = 1;
}
