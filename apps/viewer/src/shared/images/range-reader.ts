/** A file of a web server that is read in parts. */
interface RangeReader {
  /** In bytes. */
  readonly size: number;
  /** Returns the bytes from the first to the last. @throws An Error that names the file and what came instead. */
  read(first: number, last: number): Promise<Uint8Array>;
}

/**
 * Opens a file that is read by range requests (RFC 9110, section 14); a server that does not know them sends all of it, which
 * is then kept.
 *
 * @param begin Number of bytes that are asked for to learn how long the file is.
 * @throws An Error that names the file and what came instead.
 */
export const createRangeReader = async (url: string, begin: number): Promise<RangeReader> => {
  const first = await fetchRange(url, 0, begin - 1);
  if (first.size === undefined) {
    const { bytes } = first;
    return { size: bytes.length, read: async (from, to) => bytes.subarray(from, to + 1) };
  }
  return {
    size: first.size,
    read: async (from, to) => {
      const { size, bytes } = await fetchRange(url, from, to);
      return size === undefined ? bytes.subarray(from, to + 1) : bytes;
    },
  };
};

interface Fetched {
  readonly bytes: Uint8Array;
  /** Of the file; undefined where the bytes are all of it. */
  readonly size: number | undefined;
}

const fetchRange = async (url: string, first: number, last: number): Promise<Fetched> => {
  const response = await fetch(url, { headers: { Range: `bytes=${first}-${last}` } });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 206) return { bytes, size: undefined };
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ?? [];
  if (Number(from) !== first || size === undefined) {
    throw new Error(
      `${url}: expected the bytes from ${first} to ${last}, found Content-Range ${response.headers.get('Content-Range')}: serve it with another web server`,
    );
  }
  return { bytes, size: Number(size) };
};
