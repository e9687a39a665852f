const SNIFFED_BYTES = 512;
const SHOWN_CHARACTERS = 60;

/** The first characters of `bytes`, quoted for an error message. */
export const quoteStart = (bytes: Uint8Array): string =>
  JSON.stringify(
    new TextDecoder('latin1').decode(bytes.subarray(0, SNIFFED_BYTES)).trim().slice(0, SHOWN_CHARACTERS),
  );

/**
 * The quoted beginning of a web page in place of a file (a captive portal's, a proxy's, a 404 served as 200),
 * or undefined when the bytes are none.
 */
export const htmlStart = (bytes: Uint8Array): string | undefined => {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, SNIFFED_BYTES));
  return /^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(text) ? quoteStart(bytes) : undefined;
};
