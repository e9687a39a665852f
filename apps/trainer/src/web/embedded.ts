import { DropoutLabError } from '@dropout-lab/contracts';
import type { ClassifierContent } from '../classifier/classifier.ts';

/** The script that has a classifier's files as text, for pages from a disk: browsers let these fetch nothing. */
export const EMBEDDED_FILE = 'embedded.js';

/** The variable that {@link EMBEDDED_FILE} leaves. */
interface Embedded {
  dropoutLabModel?: { readonly description: string; readonly model: string; readonly weights: string };
}

/** Returns the text of the script that leaves a classifier's files. */
export const embeddedScript = (description: string, model: string, weightsInBase64: string): string =>
  `globalThis.dropoutLabModel = ${JSON.stringify({ description, model, weights: weightsInBase64 })};\n`;

/**
 * Loads a classifier's files from the script of its folder.
 *
 * @throws DropoutLabError when there is none.
 */
export const loadEmbedded = (folder: string): Promise<ClassifierContent> =>
  new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const address = `${folder.replace(/\/+$/, '')}/${EMBEDDED_FILE}`;
    const missing = (): void =>
      reject(
        new DropoutLabError(
          `${address}: expected a script that dropout-lab export RUN --format web has written, found none: keep it beside the page, or serve the folder with a web server`,
        ),
      );
    script.src = address;
    script.onerror = missing;
    script.onload = () => {
      script.remove();
      const left = globalThis as Embedded;
      const content = left.dropoutLabModel;
      delete left.dropoutLabModel;
      if (!content) return missing();
      const weights = Uint8Array.from(atob(content.weights), (character) => character.charCodeAt(0));
      resolve({ ...content, weights });
    };
    document.head.append(script);
  });
