const SNIFFED_BYTES = 512;
const SHOWN_CHARACTERS = 60;
const SHOWN_BYTES = 8;

/** The first characters of `bytes`, quoted for an error message; where they are no text, the first bytes in hexadecimal. */
export const quoteStart = (bytes: Uint8Array): string => {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, SNIFFED_BYTES)).trim();
  const shown = text.slice(0, SHOWN_CHARACTERS);
  if (/^[^\p{Cc}]*$/u.test(shown.replaceAll(/\s/g, ' '))) return JSON.stringify(shown);
  const hexadecimal = [...bytes.subarray(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `the bytes ${hexadecimal.join(' ')}`;
};

/**
 * The quoted beginning of a web page in place of a file (a captive portal's, a proxy's, a 404 served as 200),
 * or undefined when the bytes are none.
 */
export const htmlStart = (bytes: Uint8Array): string | undefined => {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, SNIFFED_BYTES));
  return /^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(text) ? quoteStart(bytes) : undefined;
};
