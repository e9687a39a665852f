import { afterEach, describe, expect, test, vi } from 'vitest';
import { sha256, sha256Sync } from './sha256.ts';

afterEach(() => vi.unstubAllGlobals());

// FIPS 180-2, appendix B, and the empty message.
const known: readonly (readonly [string, string])[] = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
];

describe.each(known)('of %j', (text, digest) => {
  const bytes = new TextEncoder().encode(text);

  test('by Web Crypto', async () => {
    expect([await sha256(text), await sha256(bytes)]).toEqual([digest, digest]);
  });

  test.each([
    ['no Web Crypto', undefined],
    ['no secure context', {}],
  ])('with %s', async (_, crypto) => {
    vi.stubGlobal('crypto', crypto);
    expect([await sha256(text), await sha256(bytes)]).toEqual([digest, digest]);
  });

  test('at once', () => {
    expect([sha256Sync(text), sha256Sync(bytes)]).toEqual([digest, digest]);
  });
});

test('of a part of a larger buffer, and of text beyond ASCII', async () => {
  const part = new TextEncoder().encode('-abc-').subarray(1, 4);
  expect(await sha256(part)).toBe(known[1]![1]);
  expect(await sha256('größer')).toBe(sha256Sync(new TextEncoder().encode('größer')));
});
