import { afterEach, expect, test, vi } from 'vitest';
import { sha256Hex } from './verify.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

// FIPS 180-2, appendix B.1.
const abc = new TextEncoder().encode('abc');
const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('SHA-256 by Web Crypto, and without it', async () => {
  expect(await sha256Hex(abc)).toBe(digest);
  vi.stubGlobal('crypto', {});
  expect(await sha256Hex(abc)).toBe(digest);
});
