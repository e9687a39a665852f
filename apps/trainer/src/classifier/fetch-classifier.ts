import { DropoutLabError } from '@dropout-lab/contracts';
import type { ClassifierContent } from './classifier.ts';
import { classifierFiles } from './description.ts';

/**
 * Fetches the files of a classifier.
 *
 * @param folder Its address; in a page it may be relative to the page.
 * @throws DropoutLabError naming the first file that there is not.
 */
export const fetchClassifier = async (folder: string): Promise<ClassifierContent> => {
  const [address, query = ''] = folder.split(/(?=\?)/);
  const get = async (name: string): Promise<Response> => {
    const file = `${address!.replace(/\/+$/, '')}/${name}${query}`;
    const why = 'expected a file that dropout-lab export RUN --format web has written, found';
    const response = await fetch(file).catch((cause) => {
      throw new DropoutLabError(
        `${file}: ${why} that it cannot be reached: serve the folder with a web server, from this origin or with CORS`,
        { cause },
      );
    });
    if (response.ok) return response;
    throw new DropoutLabError(
      `${file}: ${why} HTTP ${response.status}: give the address of the exported folder`,
    );
  };
  const [description, model, weights] = await Promise.all([
    get(classifierFiles.description).then((response) => response.text()),
    get(classifierFiles.model).then((response) => response.text()),
    get(classifierFiles.weights).then((response) => response.arrayBuffer()),
  ]);
  return { description, model, weights: new Uint8Array(weights) };
};
