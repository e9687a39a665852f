import { imageValues } from '@dropout-lab/training';
import {
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
  random,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { loadBatch } from '../shared/workload.ts';

/** The initial weights are of no matter for the time of a step, as long as no value overflows. */
const SCALE = 0.1;

/**
 * Returns a function that computes loss and gradients of the tutorial's model for a batch on jax-js's wasm backend, channels first as
 * jax-js has them, dropout on; without an optimizer.
 *
 * @param size Images of the batch.
 */
export const createJaxJsStep = async (size: number): Promise<() => Promise<void>> => {
  await init('wasm');
  defaultDevice('wasm');
  const { images, labels } = loadBatch(size);
  const x = np.array(imageValues(channelsFirst(images, size))).reshape([size, 3, 32, 32]);
  const y = nn.oneHot(np.array(Int32Array.from(labels), { dtype: np.int32 }), 10);
  const weights = (key: number, ...shape: number[]): JaxArray =>
    random.normal(random.key(key), shape).mul(SCALE);
  const parameters = {
    conv1: weights(1, 64, 3, 3, 3),
    bias1: np.zeros([64, 1, 1]),
    conv2: weights(2, 64, 64, 3, 3),
    bias2: np.zeros([64, 1, 1]),
    dense1: weights(3, 2304, 256),
    bias3: np.zeros([256]),
    dense2: weights(4, 256, 10),
    bias4: np.zeros([10]),
  };
  const dropped = (values: JaxArray, key: JaxArray): JaxArray => {
    const kept = random.bernoulli(key, 0.5, values.shape).astype(np.float32);
    return values.mul(kept).mul(2);
  };
  const block = (values: JaxArray, kernel: JaxArray, bias: JaxArray, key: JaxArray): JaxArray => {
    const rectified = nn.relu(lax.conv(values, kernel, [1, 1], 'VALID').add(bias));
    return dropped(lax.reduceWindow(rectified, np.max, [2, 2], [2, 2]), key);
  };
  const lossOf = (
    p: typeof parameters,
    x: JaxArray,
    y: JaxArray,
    key1: JaxArray,
    key2: JaxArray,
  ): JaxArray => {
    const maps = block(block(x, p.conv1, p.bias1, key1), p.conv2, p.bias2, key2);
    const hidden = nn.relu(np.matmul(maps.reshape([size, 2304]), p.dense1).add(p.bias3));
    const logits = np.matmul(hidden, p.dense2).add(p.bias4);
    return np.mean(np.sum(nn.logSoftmax(logits, -1).mul(y), -1)).neg();
  };
  const gradients = jit(valueAndGrad(lossOf));
  return async () => {
    const keys = [random.key(5), random.key(6)] as const;
    const [loss, ofParameters] = gradients(tree.ref(parameters), x.ref, y.ref, ...keys);
    await loss.data();
    for (const gradient of Object.values(ofParameters)) await gradient.data();
  };
};

const channelsFirst = (images: Uint8Array | Float32Array, size: number): Uint8Array => {
  const planes = new Uint8Array(images.length);
  for (let image = 0; image < size; image++) {
    for (let pixel = 0; pixel < 1024; pixel++) {
      for (let c = 0; c < 3; c++) {
        planes[(image * 3 + c) * 1024 + pixel] = images[(image * 1024 + pixel) * 3 + c]!;
      }
    }
  }
  return planes;
};
