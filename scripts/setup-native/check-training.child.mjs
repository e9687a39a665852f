import { startBackend } from '@dropout-lab/backend/node';
import { relativeDifference, trainingStep } from './training-step.mjs';

/** Ten times the difference that float32 rounding causes in this step. */
const TOLERANCE = 1e-5;

/** @param {string} message @returns {never} */
const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const { description, reason, versions } = await startBackend('node').catch(({ message }) => fail(message));
const native = await trainingStep();
await startBackend('wasm');
const onWasm = await trainingStep();
const difference = Math.max(
  ...onWasm.map((expected, i) => relativeDifference(/** @type {Float32Array} */ (native[i]), expected)),
);
if (!(difference <= TOLERANCE)) {
  fail(`${reason}: expected the gradients of wasm within ${TOLERANCE}, found a difference of ${difference}`);
}
const agreement = `a training step agrees with wasm within ${difference.toExponential(0)}`;
console.log(JSON.stringify({ description, reason, versions, agreement }));
