// The script of an exported folder: classic, so that it runs from a disk too. classifier.js makes a module of it.
import { type Classifier, openClassifier } from '../classifier/classifier.ts';
import { fetchClassifier } from '../classifier/fetch-classifier.ts';
import type { ClassifiedPicture } from '../classifier/pictures.ts';
import { pixelsInBrowser } from '../classifier/pictures-in-browser.ts';
import { loadEmbedded } from './embedded.ts';
import { startWasm } from './start-wasm.ts';

let started: Promise<void> | undefined;

/**
 * Loads the classifier of a folder.
 *
 * @param folder Its address, which may be relative to the page.
 */
const loadClassifier = async (folder: string | URL): Promise<Classifier<ClassifiedPicture>> => {
  const { href, protocol } = new URL(folder, document.baseURI);
  const content = await (protocol === 'file:' ? loadEmbedded(href) : fetchClassifier(href));
  started ??= startWasm();
  await started;
  return openClassifier(content, href.replace(/\/+$/, ''), pixelsInBrowser);
};

/** The variable that the script adds to a page. */
export interface DropoutLab {
  readonly loadClassifier: typeof loadClassifier;
  readonly pixelsOf: typeof pixelsInBrowser;
}

(globalThis as { dropoutLab?: DropoutLab }).dropoutLab = { loadClassifier, pixelsOf: pixelsInBrowser };
