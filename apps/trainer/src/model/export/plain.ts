/** Returns a name without what Markdown would take for its own. */
export const plain = (text: string): string =>
  text.replaceAll(/[\\`*_[\]<>#|]/g, '\\$&').replaceAll(/\s+/g, ' ');
