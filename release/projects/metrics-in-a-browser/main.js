import { comparePairs, evaluateLogits } from '@dropout-lab/metrics';
import { randomKey } from '@dropout-lab/random';

const { accuracy } = evaluateLogits(Float32Array.of(4, 0, 1, 2, 3, 0), Uint8Array.of(0, 1, 1), [
  'cat',
  'dog',
]);
const { pValue } = comparePairs([3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 1, 1], { key: randomKey(1) });
document.body.textContent = `accuracy ${accuracy.toFixed(3)}, p ${pValue}`;
