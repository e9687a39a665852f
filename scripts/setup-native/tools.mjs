import { CommandError, run } from './run.mjs';

/**
 * The tools that the build needs.
 *
 * @typedef {object} Tools
 * @property {string} target `linux-x64`, `linux-arm64`.
 * @property {readonly string[]} python The command of a Python 3 that has pip.
 * @property {readonly string[]} compiler The command of a C++ compiler.
 */

/** The machine lacks what the build needs. */
class MissingToolsError extends Error {
  /** @override */
  name = 'MissingToolsError';

  /** @param {readonly string[]} missing Each tool with how to get it. */
  constructor(missing) {
    super(`the build from source lacks ${missing.join(', and ')}`);
    this.missing = missing;
  }
}

const targets = ['linux-x64', 'linux-arm64'];

/**
 * @returns {Promise<Tools>}
 * @throws MissingToolsError that names everything that is missing.
 */
export const findTools = async () => {
  const target = `${process.platform}-${process.arch}`;
  const python = await firstThatRuns([['python3'], ['python']], ['-m', 'pip', '--version']);
  const chosen = process.env['CXX']?.split(' ').filter(Boolean);
  const compiler = await firstThatRuns(chosen ? [chosen] : [['c++'], ['g++'], ['clang++']], ['--version']);

  const missing = [];
  if (!targets.includes(target))
    missing.push(`one of the platforms ${targets.join(', ')} (this is ${target})`);
  else if (!hasGlibc())
    missing.push('glibc, for which libtensorflow is built (this system has another libc)');
  if (!python) missing.push('python3 with pip (install python3 and python3-pip)');
  if (!compiler) {
    missing.push(
      chosen
        ? `the C++ compiler that CXX names, ${chosen.join(' ')}`
        : 'a C++ compiler (install g++ or clang, or name one in CXX)',
    );
  }
  if (!python || !compiler || missing.length > 0) throw new MissingToolsError(missing);
  return { target, python, compiler };
};

/**
 * @param {readonly (readonly string[])[]} commands
 * @param {readonly string[]} args
 */
const firstThatRuns = async (commands, args) => {
  for (const command of commands) {
    try {
      const [program, ...first] = command;
      await run(/** @type {string} */ (program), [...first, ...args], { limitSeconds: 30 });
      return command;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
    }
  }
  return undefined;
};

const hasGlibc = () => {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime !== undefined;
};
