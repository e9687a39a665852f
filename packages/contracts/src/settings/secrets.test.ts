import { describe, expect, test } from 'vitest';
import { shownAddress, withoutSecrets } from './secrets.ts';

const addresses: readonly (readonly [string, string])[] = [
  // Nothing in them is a secret.
  ['redis://localhost:6379', 'redis://localhost:6379'],
  ['redis://127.0.0.1:99999', 'redis://127.0.0.1:99999'],
  ['https://mirror.example/data/cifar.tar.gz', 'https://mirror.example/data/cifar.tar.gz'],
  ['https://mirror.example/npm/package@1.0/file', 'https://mirror.example/npm/package@1.0/file'],
  ['redis://[::1]:6379/2', 'redis://[::1]:6379/2'],
  ['', ''],
  // User and password, in every way that people write them.
  ['redis://:s3cret@host:6379/1', 'redis://***@host:6379/1'],
  ['rediss://user:s3cret@host', 'rediss://***@host'],
  ['redis://:s3@cret@host', 'redis://***@host'],
  ['redis://:s3%40cret@host', 'redis://***@host'],
  ['https://s3cret@host/file', 'https://***@host/file'],
  ['https://user:s3cret@host/npm/package/file', 'https://***@host/npm/package/file'],
  ['https://user:s3cret@host/npm/package@1.0/file', 'https://***'],
  ['redis://:s3"cret\'@host', 'redis://***@host'],
  ['user:s3cret@proxy:3128', '***@proxy:3128'],
  ['redis:/user:s3cret@host', 'redis:/***@host'],
  ['https:user:s3cret@host', '***@host'],
  ['HTTPS://user:s3cret@host', 'HTTPS://***@host'],
  // A raw `/`, `?` or `#` in a password: what it belongs to cannot be known.
  ['redis://:s3/cret@host', 'redis://***'],
  ['redis://:s3?cret@host', 'redis://***'],
  ['redis://:s3#cret@host', 'redis://***'],
  ['redis://user:12/s3cret@host', 'redis://***'],
  ['https://user:s3/cret@host/file', 'https://***'],
  ['https://user:12/s3cret@host/file', 'https://***'],
  ['http://user:12\\s3cret@host/file', 'http://***'],
  // Tokens of queries and fragments.
  ['https://host/file?token=s3cret', 'https://host/file?***'],
  ['https://host/file?X-Amz-Signature=s3cret&mail=a@s3cret', 'https://host/file?***'],
  ['https://host/file#s3cret', 'https://host/file#***'],
  ['redis://host/0?password=s3cret', 'redis://host/0?***'],
  ['redis://host?password=a@s3cret', 'redis://host?***'],
];

describe('shownAddress', () => {
  test.each(addresses)('%s is shown as %s', (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
    expect(shownAddress(shown)).toBe(shown);
    expect(shown).not.toMatch(/s3|cret/);
  });
});

describe('withoutSecrets', () => {
  test.each(addresses.filter(([address]) => /^[a-z]+:\//i.test(address)))(
    'finds %s in a text',
    (address, shown) => {
      expect(withoutSecrets(address)).toBe(shown);
      expect(withoutSecrets(`--queue=${address}`)).toBe(`--queue=${shown}`);
      expect(withoutSecrets(`cannot reach ${address} or ${address} today`)).toBe(
        `cannot reach ${shown} or ${shown} today`,
      );
    },
  );

  test.each(['--dropout', '0.5', 'C:/data/a@b?', 'optimizer.beta2=0.99', '{"a":"b@c"}', 'a: b / c@d'])(
    'leaves %s as it is',
    (word) => {
      expect(withoutSecrets(word)).toBe(word);
    },
  );
});

test.each<[string, string, string]>([
  ['a long word', 'x'.repeat(1e6), 'x'.repeat(1e6)],
  ['a long scheme', `${'x'.repeat(1e6)}://me:s3cret@host`, `${'x'.repeat(1e6)}://***@host`],
  ['slashes', `a:${'/'.repeat(1e6)}`, `a:${'/'.repeat(1e6)}`],
  ['beginnings of schemes', 'ab:'.repeat(3e5), 'ab:'.repeat(3e5)],
])('a text of a million characters takes no longer than reading it: %s', (_, text, shown) => {
  expect(withoutSecrets(text) === shown).toBe(true);
});
