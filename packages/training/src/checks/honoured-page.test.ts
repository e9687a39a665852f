import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { honoured } from '../keras/cases-of-keras.ts';
import { refused } from './refused/groups.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;

const page = `# What is honoured

<!-- Written by packages/training/src/checks/honoured-page.test.ts: npx vitest run --project training honoured-page -u -->

\`train\` takes any model of TensorFlow.js's layers, any batches and any configuration. Each of their properties is
either honoured, with Keras's numbers, or refused by name before a weight changes. Both lists are tests. For the first,
three steps in Keras 3 are compared with ours: losses, metrics and every weight, on each backend of Node and with zero to
three workers. For the second, the message is compared, and weights and tensors have to be unchanged.

## Honoured, as in Keras

${Object.values(honoured)
  .map((what) => `- ${sentence(what)}`)
  .join('\n')}

Compared with equivalent runs here: more than 256 classes; losses and metrics of your own; the loss that a model was compiled
with; the callbacks of a configuration; batches that are promises, where the next is made while one is trained.

Where TensorFlow.js defines a layer differently from Keras 3, its own formula is used in training and prediction:
\`hardSigmoid\`, which is also the default recurrent activation of its LSTM and GRU, and bilinear \`UpSampling2D\`.

## Refused by name

${refused
  .map(
    ({ title, cases }) =>
      `### ${title}\n\n| refused | message |\n| --- | --- |\n${cases
        .map(({ what, message }) => `| ${cell(sentence(what))} | ${cell(message)} … |`)
        .join('\n')}`,
  )
  .join('\n\n')}
`;

test('docs/honoured.md lists these cases', async () => {
  await expect(page).toMatchFileSnapshot(
    fileURLToPath(new URL('../../../../docs/honoured.md', import.meta.url)),
  );
});
