import { Buffer } from 'node:buffer';
import type { Page } from 'playwright-core';

/** Drops files on the page. @returns Whether the browser is kept from opening them in the place of the page. */
export const dropFiles = (page: Page, files: Readonly<Record<string, Uint8Array>>): Promise<boolean> =>
  page.evaluate(
    (contents) => {
      const dataTransfer = new DataTransfer();
      for (const [name, base64] of contents) {
        const bytes = Uint8Array.from(atob(base64!), (character) => character.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name!));
      }
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector('main > :last-child')!.dispatchEvent(event);
      return event.defaultPrevented;
    },
    Object.entries(files).map(([name, content]) => [name, Buffer.from(content).toString('base64')]),
  );
