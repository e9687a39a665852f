/**
 * The `dropout-lab` command of this checkout: brings the build up to date, then runs apps/trainer's command.
 *
 * The command runs in this very process, so Ctrl-C reaches it once, whoever sends it, and its exit code is the
 * exit code. Nothing but the command writes to stdout.
 */
import { exitCodeOf, spawnTurbo } from './spawn-turbo.mjs';

const SILENCE_MS = 1000;
const INTERRUPTED = 130;

const build = async () => {
  const turbo = spawnTurbo(
    ['build', '--filter=dropout-lab', '--output-logs=errors-only', '--log-order=grouped'],
    ['ignore', 'pipe', 'pipe'],
  );
  const stop = () => {
    turbo.kill();
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const notice = setTimeout(() => process.stderr.write('Building dropout-lab …\n'), SILENCE_MS);

  /** @type {Buffer[]} */
  const output = [];
  turbo.stdout?.on('data', (chunk) => output.push(chunk));
  turbo.stderr?.on('data', (chunk) => output.push(chunk));
  const exitCode = await exitCodeOf(turbo);

  clearTimeout(notice);
  process.off('SIGINT', stop).off('SIGTERM', stop);
  if (exitCode !== 0) {
    process.stderr.write(Buffer.concat(output));
    process.stderr.write('dropout-lab could not be built: the errors are above.\n');
    process.exit(exitCode);
  }
};

await build();
await import(new URL('../apps/trainer/dist/cli.js', import.meta.url).href);
