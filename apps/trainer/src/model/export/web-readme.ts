import type { ImageFit } from '@dropout-lab/contracts';
import { type ClassifierDescription, classifierFiles } from '../../classifier/description.ts';
import { EMBEDDED_FILE } from '../../web/embedded.ts';
import { plain } from './plain.ts';

/** The words for each way to fit a picture of other proportions. */
const inWords: Readonly<Record<ImageFit, string>> = {
  cover: 'its middle is cut out and scaled',
  contain: 'all of it is scaled, with white beside it,',
  fill: 'it is stretched',
};

/** Returns the README.md of an exported web folder. @param notInStock What TensorFlow.js by itself lacks of the model. */
export const webReadme = (
  { classNames, preprocessing, dropoutFactor, run }: ClassifierDescription,
  notInStock: readonly string[],
): string => {
  const { imageShape, dataFormat, divideBy } = preprocessing;
  const [height, width, channels] = imageShape;
  const shape = dataFormat === 'channels_last' ? imageShape : [channels, height, width];
  const stock =
    notInStock.length === 0
      ? '`tf.loadLayersModel` of TensorFlow.js loads it too, without anything else.'
      : `TensorFlow.js by itself lacks ${notInStock.join(', ')}; with \`import '@dropout-lab/model'\` \`tf.loadLayersModel\` loads it.`;
  const spread =
    dropoutFactor > 0
      ? '; with `{ passes: 30 }` also `spread`,\n  the standard deviation of the probability over so many passes with dropout on. Another `seed` draws other masks'
      : '';
  const deviation = dropoutFactor > 0 ? ` ± \${best.spread.toFixed(2)}` : '';
  return `# An image classifier

A model of ${classNames.length} classes, run \`${run.id}\`, trained on ${plain(run.dataset)}, written by dropout-lab.
Open \`index.html\`, from the disk or from any web server, and choose a picture.

## In your own page

Copy this folder into your site, as \`model\` say.

\`\`\`html
<input type="file" accept="image/*">
<output></output>
<script type="module">
  import { loadClassifier } from './model/classifier.js';

  const classify = await loadClassifier('./model');
  document.querySelector('input').onchange = async ({ target }) => {
    const [best] = await classify(target.files[0]${dropoutFactor > 0 ? ', { passes: 30 }' : ''});
    document.querySelector('output').textContent =
      \`\${best.label}: \${best.probability.toFixed(2)}${deviation}\`;
  };
</script>
\`\`\`

- A picture is a \`Blob\` or \`File\`, an image, a canvas, a video or one of its frames, an \`ImageBitmap\`, \`ImageData\`, or an
  address. It may have any size: ${inWords[preprocessing.fit]} to ${width} x ${height} pixels.
- The answer has every class, the most probable first, as \`{ label, probability }\`${spread}.
- \`classify.dispose()\` frees the model's memory.
- Browsers load modules from a web server only, such as \`npx serve\`. A page from the disk, or one without modules, has
  \`<script src="model/runtime.js"></script>\` and \`dropoutLab.loadClassifier('./model')\`.
- In Node: \`import { loadClassifier } from 'dropout-lab'\`, which takes the path of the folder, and paths of pictures.
- A content security policy needs \`'wasm-unsafe-eval'\` among the sources of scripts.

## Files

| | |
|---|---|
| \`classifier.js\`, \`classifier.d.ts\`, \`runtime.js\` | the script, with all that it needs: TensorFlow.js and its WebAssembly |
| \`${classifierFiles.description}\` | class names and preprocessing |
| \`${classifierFiles.model}\`, \`${classifierFiles.weights}\` | the model in TensorFlow.js's own format |
| \`index.html\`, \`page/\`, \`${EMBEDDED_FILE}\` | the page; \`${EMBEDDED_FILE}\` is the model once more, for pages from a disk, where browsers fetch no files |
| \`LICENSES.txt\` | the licences of what the script contains |

The model takes float32 [batch, ${shape.join(', ')}], levels divided by ${divideBy}, and returns a number for each class. ${stock}
`;
};
