import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { fetchCifar } from '../load-cifar.ts';
import { serve } from '../testing/serve.ts';
import { tinyDataset } from '../testing/tiny-dataset.ts';

const { dataset, archive } = await tinyDataset();
const variables = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];

beforeEach(() => {
  for (const name of variables) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** A proxy that forwards and tunnels, and logs what it is asked for: `GET http://…`, `CONNECT host:port`. */
const startProxy = async (credentials?: string) => {
  const log: string[] = [];
  const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const mayPass = (given: string | undefined): boolean => expected === undefined || given === expected;
  const proxy = createServer((request, response) => {
    log.push(`${request.method} ${request.url}`);
    if (!mayPass(request.headers['proxy-authorization'])) return void response.writeHead(407).end();
    void fetch(request.url!).then(async (answer) =>
      response.writeHead(answer.status).end(new Uint8Array(await answer.arrayBuffer())),
    );
  });
  proxy.on('connect', (request, socket) => {
    log.push(`CONNECT ${request.url}`);
    socket.on('error', () => {});
    if (!mayPass(request.headers['proxy-authorization'])) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host, port] = request.url!.split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    onTestFinished(() => void target.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { log, address: `127.0.0.1:${(proxy.address() as AddressInfo).port}` };
};

const serveArchive = () => serve((_, response) => void response.end(archive));

const fetchFrom = async (mirror: string): Promise<string> => {
  const { source } = await fetchCifar(dataset, { cacheDirectory: temporaryFolder(), mirrors: [mirror] });
  return source;
};

describe('the environment’s proxy', () => {
  test.each<[string, (address: string) => Record<string, string>, boolean]>([
    ['HTTP_PROXY', (address) => ({ HTTP_PROXY: `http://${address}` }), true],
    ['http_proxy', (address) => ({ http_proxy: `http://${address}` }), true],
    ['HTTP_PROXY without http://', (address) => ({ HTTP_PROXY: address }), true],
    ['HTTP_PROXY with a password', (address) => ({ HTTP_PROXY: `http://me:s3%40cret@${address}` }), true],
    [
      'http_proxy rather than HTTP_PROXY',
      (address) => ({ http_proxy: `http://${address}`, HTTP_PROXY: 'http://127.0.0.1:4' }),
      true,
    ],
    [
      'HTTP_PROXY when http_proxy is empty',
      (address) => ({ http_proxy: '', HTTP_PROXY: `http://${address}` }),
      true,
    ],
    ['HTTPS_PROXY, which is not for http', (address) => ({ HTTPS_PROXY: `http://${address}` }), false],
    [
      'NO_PROXY with the host',
      (address) => ({ HTTP_PROXY: `http://${address}`, NO_PROXY: 'example.com,127.0.0.1' }),
      false,
    ],
    ['NO_PROXY=*', (address) => ({ HTTP_PROXY: `http://${address}`, NO_PROXY: '*' }), false],
    ['no_proxy', (address) => ({ HTTP_PROXY: `http://${address}`, no_proxy: '127.0.0.1' }), false],
    [
      'NO_PROXY with another host',
      (address) => ({ HTTP_PROXY: `http://${address}`, NO_PROXY: 'example.com' }),
      true,
    ],
    [
      'NO_PROXY with an ending of the host',
      (address) => ({ HTTP_PROXY: `http://${address}`, NO_PROXY: 'example.com .0.0.1' }),
      false,
    ],
    [
      'NO_PROXY with another port of the host',
      (address) => ({ HTTP_PROXY: `http://${address}`, NO_PROXY: '127.0.0.1:1' }),
      true,
    ],
    [
      'NO_PROXY with * among others',
      (address) => ({ HTTP_PROXY: `http://${address}`, NO_PROXY: 'example.com, *' }),
      false,
    ],
    ...['*.0.0.1', '0.0.1', '127.0.0.0/8', '10.0.0.0/8 127.0.0.1/32', '::/0,127.0.0.1/31', '127.0.0.1/0'].map(
      (hosts): [string, (address: string) => Record<string, string>, boolean] => [
        `NO_PROXY=${hosts}`,
        (address) => ({ HTTP_PROXY: `http://${address}`, NO_PROXY: hosts }),
        false,
      ],
    ),
    ...[
      '10.0.0.0/8',
      '127.0.0.1/33',
      '127.0.0.1/',
      '127.0.0.0/8/8',
      '::ffff:0:0/1000',
      '7.0.0.1',
      '*0.0.1',
    ].map((hosts): [string, (address: string) => Record<string, string>, boolean] => [
      `NO_PROXY=${hosts}`,
      (address) => ({ HTTP_PROXY: `http://${address}`, NO_PROXY: hosts }),
      true,
    ]),
    [
      'HTTPS_PROXY when HTTP_PROXY is blank',
      (address) => ({ HTTPS_PROXY: `http://${address}`, HTTP_PROXY: '  ' }),
      false,
    ],
    ['nothing', () => ({}), false],
  ])('%s', async (name, variablesOf, isUsed) => {
    const { log, address } = await startProxy(name.includes('password') ? 'me:s3@cret' : undefined);
    for (const [variable, value] of Object.entries(variablesOf(address))) vi.stubEnv(variable, value);
    const mirror = await serveArchive();
    expect(await fetchFrom(mirror)).toBe('archive');
    expect(log).toEqual(isUsed ? [`GET ${mirror}/`] : []);
  });

  test('NO_PROXY with the port of the host', async () => {
    const { log, address } = await startProxy();
    const mirror = await serveArchive();
    vi.stubEnv('HTTP_PROXY', `http://${address}`);
    vi.stubEnv('NO_PROXY', `127.0.0.1:${new URL(mirror).port}`);
    expect(await fetchFrom(mirror)).toBe('archive');
    expect(log).toEqual([]);
  });

  test.each(['::1', '[::1]', '::/8', '[::]/8', 'fe80::/10 ::1/128'])(
    'NO_PROXY=%s, of IPv6',
    async (hosts) => {
      const { log, address } = await startProxy();
      vi.stubEnv('HTTP_PROXY', `http://${address}`);
      vi.stubEnv('NO_PROXY', hosts);
      // Nobody listens: the error is of the connection to the host itself.
      await expect(fetchFrom('http://[::1]:10/archive')).rejects.toThrow(
        /(ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT) ::1/,
      );
      expect(log).toEqual([]);
    },
  );

  const key = join(temporaryFolder(), 'key.pem');
  const certificate = join(temporaryFolder(), 'certificate.pem');
  const files = ['-keyout', key, '-out', certificate];
  const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes'];
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...files, ...subject]);

  test.skipIf(made.status !== 0).each(['HTTPS_PROXY', 'HTTP_PROXY'])(
    '%s has a tunnel for https',
    async (variable) => {
      const { log, address } = await startProxy('me:s3cret');
      const pair = { key: await readFile(key), cert: await readFile(certificate) };
      const server = createTlsServer(pair, (_, response) => void response.end(archive));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      vi.stubEnv(variable, `http://me:s3cret@${address}`);
      const { port } = server.address() as AddressInfo;
      expect(await fetchFrom(`https://127.0.0.1:${port}/archive`)).toBe('archive');
      expect(log).toEqual([`CONNECT 127.0.0.1:${port}`]);
    },
  );

  test.each([
    ['socks5://me:s3cret@proxy:1080', 'socks5://***@proxy:1080'],
    ['http://me:s3/cret@proxy', 'http://***'],
    ['http://', 'http://'],
    ['http://me:s3%cret@proxy:3128', 'http://***@proxy:3128'],
    ['http://proxy:3128/path?s3cret', 'http://proxy:3128/path?***'],
    ['ht!tp://proxy', 'ht!tp://proxy'],
    ['me:s3cret@proxy:99999', '***@proxy:99999'],
  ])('%s is refused before a folder is made, and shown as %s', async (value, shown) => {
    const cacheDirectory = temporaryFolder();
    vi.stubEnv('HTTPS_PROXY', value);
    const failed = fetchCifar(dataset, { cacheDirectory });
    await expect(failed).rejects.toMatchObject({
      name: 'ConfigError',
      message: `HTTPS_PROXY: expected the address of an HTTP proxy, such as http://proxy.example:3128, received ${shown}: correct it, or unset it to do without`,
    });
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  test.each(['http', 'https'])(
    'one that refuses %s is named in the error, without its password',
    async (protocol) => {
      const { address } = await startProxy('me:another');
      vi.stubEnv('HTTP_PROXY', `http://me:s3cret@${address}`);
      const failed = fetchFrom(`${protocol}://me:s3cret@127.0.0.1:4/archive?key=s3cret`);
      await expect(failed).rejects.toThrow(
        /the proxy wants a user and a password \(HTTP 407\): write them into its address[\s\S]*put the archive there/,
      );
      const message = await failed.catch((error: Error) => error.message);
      expect(message).toContain(`(HTTP_PROXY is http://***@${address})`);
      expect(message).toContain(`${protocol}://***@127.0.0.1:4/archive?***`);
      expect(message).not.toMatch(/s3|cret/);
    },
  );

  test.each<[string, Record<string, string>, string]>([
    ['http', { HTTP_PROXY: 'http://127.0.0.1:4' }, '(HTTP_PROXY is http://127.0.0.1:4)'],
    ['http', { HTTP_PROXY: 'http://127.0.0.1:4', HTTPS_PROXY: 'http://127.0.0.1:5' }, '(HTTP_PROXY is'],
    ['https', { HTTP_PROXY: 'http://127.0.0.1:4', HTTPS_PROXY: 'http://127.0.0.1:5' }, '(HTTPS_PROXY is'],
    [
      'http',
      { HTTP_PROXY: 'http://127.0.0.1:4', no_proxy: 'example.com' },
      '(HTTP_PROXY is http://127.0.0.1:4, no_proxy is example.com)',
    ],
    ['http', { HTTPS_PROXY: 'http://127.0.0.1:5' }, 'ECONNREFUSED 127.0.0.1:10;'],
  ])('for %s, with %j, the error names what was used', async (protocol, variablesOf, named) => {
    for (const [variable, value] of Object.entries(variablesOf)) vi.stubEnv(variable, value);
    await expect(fetchFrom(`${protocol}://127.0.0.1:10/`)).rejects.toThrow(named);
  });

  test('a mirror without TLS is reported in words', async () => {
    const mirror = await serve((_, response) => void response.end());
    await expect(fetchFrom(mirror.replace('http:', 'https:'))).rejects.toThrow(/then: wrong version number;/);
  });
});

describe('a mirror', () => {
  test('is sent the password of its address', async () => {
    const given: (string | undefined)[] = [];
    const mirror = await serve(({ headers }, response) => {
      given.push(headers.authorization);
      response.end(archive);
    });
    expect(await fetchFrom(mirror.replace('//', '//me:s3%40cret@'))).toBe('archive');
    expect(given).toEqual([`Basic ${Buffer.from('me:s3@cret').toString('base64')}`]);
  });

  test.each([
    ['ftp://me:s3cret@host/file', 'ftp://***@host/file'],
    ['host/file?s3cret', 'host/file?***'],
    ['https://me:s3/cret@host/file', 'https://***'],
    ['https://me:s3%cret@host/file', 'https://***@host/file'],
    ['', ''],
  ])('%s is refused before a folder is made, and shown as %s', async (mirror, shown) => {
    const cacheDirectory = temporaryFolder();
    await expect(fetchCifar(dataset, { cacheDirectory, mirrors: [mirror] })).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(/^mirror: expected the address of a copy of the archive, such as /),
    });
    await expect(fetchCifar(dataset, { cacheDirectory, mirrors: [mirror] })).rejects.toThrow(
      `received ${shown}`,
    );
    expect(await readdir(cacheDirectory)).toEqual([]);
  });
});
