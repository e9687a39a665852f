import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { honoured } from '../keras/cases-of-keras.ts';
import { refused } from './refused/groups.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;

const page = `# What is honoured

<!-- Written by packages/training/src/checks/honoured-page.test.ts: npx vitest run --project training -u honoured-page -->

\`train\` takes any model of TensorFlow.js's layers, any batches and any configuration. What they carry is either honoured,
with the numbers that Keras gives, or refused by name before a weight changes. Both lists are tests: of what is honoured,
three steps in Keras 3 are compared with ours, losses, metrics and every weight, on each backend of Node and with none to
three workers; of what is refused, the sentence is, and that weights and tensors are as before.

## Honoured, as in Keras

${Object.values(honoured)
  .map((what) => `- ${sentence(what)}`)
  .join('\n')}

And, compared with one another: more than 256 classes; a loss and metrics of your own; the loss that a model was compiled
with; the callbacks of a configuration; batches that are promises, of which the next is made while one computes.

Where TensorFlow.js defines a layer itself otherwise than Keras 3, its own formula is trained and predicted with:
\`hardSigmoid\`, which is also the default recurrent activation of its LSTM and GRU, and bilinear \`UpSampling2D\`.

## Refused by name

${refused
  .map(
    ({ title, cases }) =>
      `### ${title}\n\n| what | what is said |\n| --- | --- |\n${cases
        .map(({ what, message }) => `| ${cell(sentence(what))} | ${cell(message)} … |`)
        .join('\n')}`,
  )
  .join('\n\n')}
`;

test('docs/honoured.md is of these cases', async () => {
  await expect(page).toMatchFileSnapshot(
    fileURLToPath(new URL('../../../../docs/honoured.md', import.meta.url)),
  );
});
