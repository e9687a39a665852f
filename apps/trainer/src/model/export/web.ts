import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DropoutLabError, isOwnImages } from '@dropout-lab/contracts';
import { systemErrorSentence } from '@dropout-lab/files/node';
import { modelSpecOf } from '@dropout-lab/model';
import {
  CLASSIFIER_VERSION,
  type ClassifierDescription,
  classifierFiles,
} from '../../classifier/description.ts';
import { version } from '../../version.ts';
import { EMBEDDED_FILE, embeddedScript } from '../../web/embedded.ts';
import { webFolder } from '../../web/web-folder.ts';
import { dropoutFactorAfter } from '../dropout-factor-after.ts';
import { pictureFitOf } from '../picture-fit.ts';
import { requirePictureModel } from '../require-picture-model.ts';
import type { RunToExport, WrittenFolder } from './format.ts';
import { hasMasks, layersNotInStock, stockModelJson } from './stock-model.ts';
import { webReadme } from './web-readme.ts';

/** More bytes of weights would be a text that browsers take long to read; such a page needs a server. */
const MOST_EMBEDDED = 2 ** 28;

/** A web page that classifies pictures, and the model and the script that other pages do it with. */
export const writeWeb = async ({ run, checkpoint: name }: RunToExport): Promise<WrittenFolder> => {
  const { manifest } = run;
  const { config, classNames } = manifest;
  const spec = modelSpecOf(config);
  requirePictureModel(spec.inputShape, 'export', 'a page has no such pictures; choose another format');
  const { snapshot, modelTopology } = await run.loadCheckpoint(name);
  const { json, weights } = stockModelJson(modelTopology, snapshot.weights);
  const evaluation = name === 'last' ? await run.readEvaluation() : undefined;
  // A classifier takes one view of a picture, so that the accuracy with several is not its own.
  const testAccuracy = evaluation?.testTimeAugmentation === 'none' ? evaluation.accuracy : undefined;
  const description: ClassifierDescription = {
    formatVersion: CLASSIFIER_VERSION,
    classNames,
    preprocessing: {
      imageShape: spec.inputShape,
      fit: pictureFitOf(config),
      background: '#ffffff',
      divideBy: 255,
      dataFormat: spec.dataFormat,
    },
    dropoutFactor: hasMasks(modelTopology) ? dropoutFactorAfter(snapshot.progress.step, config) : 0,
    run: {
      id: manifest.id,
      dataset: isOwnImages(config.dataset) ? config.dataset.title : manifest.data.dataset,
      checkpoint: name,
      ...(testAccuracy !== undefined && { testAccuracy }),
      version,
    },
  };
  const text = `${JSON.stringify(description, null, 2)}\n`;
  const files = new Map<string, string | Uint8Array>(await builtFiles());
  files.set(classifierFiles.description, text);
  files.set(classifierFiles.model, json);
  files.set(classifierFiles.weights, weights);
  if (weights.length <= MOST_EMBEDDED) {
    files.set(EMBEDDED_FILE, embeddedScript(text, json, Buffer.from(weights).toString('base64')));
  }
  files.set('README.md', webReadme(description, layersNotInStock(modelTopology)));
  return {
    files,
    use: 'open index.html, or put the folder on any web server; README.md says how pages of your own use it',
  };
};

/** The page and the script, which are the same for every run. */
const builtFiles = async (): Promise<[string, Uint8Array][]> => {
  try {
    const entries = await readdir(webFolder, { recursive: true, withFileTypes: true });
    return await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async (entry): Promise<[string, Uint8Array]> => {
          const file = join(entry.parentPath, entry.name);
          return [file.slice(webFolder.length + 1).replaceAll('\\', '/'), await readFile(file)];
        }),
    );
  } catch (cause) {
    throw new DropoutLabError(
      systemErrorSentence(
        cause,
        webFolder,
        'the page that comes with dropout-lab',
        'install dropout-lab again',
      ),
      { cause },
    );
  }
};
