/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {readonly string[]} failed Names of the failures.
 * @property {readonly string[]} skipped Names of the tests that did not run.
 */

/**
 * Counts every test of a vitest run. A failure outside a test (a file that cannot be loaded, a hook, an uncaught
 * error) counts as well.
 *
 * @param {readonly import('vitest/node').TestModule[]} modules
 * @param {readonly unknown[]} unhandledErrors
 * @returns {Tally}
 */
export const tallyOf = (modules, unhandledErrors) => {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const broken = modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .filter((suite) => suite.errors().length > 0);
  const inState = (/** @type {readonly string[]} */ ...states) =>
    tests.filter((test) => states.includes(test.result().state));
  return {
    passed: inState('passed').length,
    // A test that is still pending was cut off.
    failed: [...broken, ...inState('failed', 'pending')].map(nameOf).concat(unhandledErrors.map(messageOf)),
    skipped: inState('skipped').map(nameOf),
  };
};

/**
 * Returns the name of a test: `cifar src/load.test.ts > the cache > is verified`.
 *
 * @param {import('vitest/node').TestModule | import('vitest/node').TestSuite | import('vitest/node').TestCase} task
 */
const nameOf = (task) => {
  const module = task.type === 'module' ? task : task.module;
  const file = `${task.project.name} ${module.relativeModuleId}`.trim();
  return task.type === 'module' ? file : `${file} > ${task.fullName}`;
};

/** @param {unknown} error */
const messageOf = (error) => {
  const { message } = /** @type {{ message?: unknown }} */ (error ?? {});
  return `unhandled error: ${message ?? error}`;
};

/**
 * Formats the last line of `npm test`: `12 passed, 0 failed`, and `, 1 skipped` when there are any.
 *
 * @param {Tally} tally
 */
export const summaryOf = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
