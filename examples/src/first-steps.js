// Trains the tutorial's network on 250 real images, evaluates it, saves and loads it, and predicts the class of an image.
import { load, sample, train } from 'dropout-lab';

const data = await sample(); // await cifar10() has all 60,000 images
const trained = await train({
  data,
  epochs: 8,
  batchSize: 25,
  dropout: 0.2,
  onEpoch: ({ epoch, logs }) => console.log(`epoch ${epoch}: loss ${logs.loss}, accuracy ${logs.accuracy}`),
});
const { accuracy } = await trained.evaluate();
await trained.save('my-run');

const loaded = await load('my-run');
const [best] = await loaded.predict(data.test.images.subarray(0, 32 * 32 * 3));
console.log(`test accuracy ${accuracy}; the first test image is a ${best?.className}`);
