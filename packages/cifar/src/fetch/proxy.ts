import { BlockList, isIP, isIPv6 } from 'node:net';
import { ConfigError, shownAddress } from '@dropout-lab/contracts';

/** `fetch` as this process reaches the internet. */
export interface Connection {
  readonly fetch: typeof globalThis.fetch;
  /**
   * Returns the proxy on the way to an address, for messages, with its variable: `HTTPS_PROXY is http://***@proxy:3128`;
   * undefined where there is none.
   */
  readonly proxyOf: (address: string) => string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable in lower case comes first, as for curl. An empty one is none. */
const variable = (environment: Environment, name: string): readonly [string, string] | undefined => {
  for (const spelling of [name.toLowerCase(), name]) {
    const value = environment[spelling]?.trim();
    if (value) return [spelling, value];
  }
  return undefined;
};

const isProxy = (url: URL): boolean =>
  url.pathname === '/' && url.search === '' && url.hash === '' && hasDecodableUser(url);

/** Many write `proxy:3128`, and curl and npm take it. */
const proxyAddress = ([name, value]: readonly [string, string]): string => {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (/^https?:/i.test(address) && URL.canParse(address) && isProxy(new URL(address))) return address;
  throw new ConfigError(
    `${name}: expected the address of an HTTP proxy, such as http://proxy.example:3128, received ${shownAddress(value)}: correct it, or unset it to do without`,
  );
};

/** The hosts in NO_PROXY as undici takes them: IPv6 addresses in brackets, and `*` only alone. */
const exceptions = (value: string): string => {
  const hosts = value.split(/[,\s]+/);
  return hosts.includes('*') ? '*' : hosts.map((host) => (isIPv6(host) ? `[${host}]` : host)).join();
};

/** Ranges of addresses in NO_PROXY, such as `10.0.0.0/8`, which undici does not know. */
const rangesIn = (value: string): BlockList => {
  const ranges = new BlockList();
  for (const entry of value.split(/[,\s]+/)) {
    const [, address = '', bits] = /^\[?([\da-f.:]+)\]?\/(\d{1,3})$/i.exec(entry) ?? [];
    const version = isIP(address);
    if (version !== 0 && Number(bits) <= (version === 6 ? 128 : 32))
      ranges.addSubnet(address, Number(bits), version === 6 ? 'ipv6' : 'ipv4');
  }
  return ranges;
};

const isWithin = (ranges: BlockList, origin: string): boolean => {
  const address = new URL(origin).hostname.replaceAll(/[[\]]/g, '');
  return isIP(address) !== 0 && ranges.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
};

const shown = ([name, value]: readonly [string, string]): string => `${name} is ${shownAddress(value)}`;

/** Whether a URL's user and password can be decoded: a raw `%` in one cannot. */
export const hasDecodableUser = ({ username, password }: URL): boolean => {
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
};

/** Returns a sentence about an answer of the proxy itself. */
export const refusalOfProxy = (status: number): string =>
  status === 407
    ? 'the proxy wants a user and a password (HTTP 407): write them into its address, as in http://user:password@proxy.example:3128'
    : `the proxy refused the connection (HTTP ${status})`;

/**
 * Returns the `fetch` for downloads: through the proxy that HTTPS_PROXY or HTTP_PROXY name, but for the hosts in NO_PROXY:
 * names (`example.com`, also of what ends in `.example.com`, as `.example.com` and `*.example.com` are), addresses, ranges of
 * addresses (`10.0.0.0/8`), each of the former with a port (`example.com:8080`), or `*`. Node does not look at them by itself.
 *
 * @throws ConfigError when a variable is no address of an HTTP proxy.
 */
export const connectionOf = async (environment: Environment = process.env): Promise<Connection> => {
  const http = variable(environment, 'HTTP_PROXY');
  // As npm has it, for whom one proxy does for both.
  const https = variable(environment, 'HTTPS_PROXY') ?? http;
  const except = variable(environment, 'NO_PROXY');
  if (https === undefined) return { fetch: globalThis.fetch, proxyOf: () => undefined };
  const settings = {
    // Not undefined: it would look at the environment itself.
    httpsProxy: proxyAddress(https),
    httpProxy: http ? proxyAddress(http) : '',
    noProxy: except ? exceptions(except[1]) : '',
    // Proxies often refuse tunnels to other ports than that of https.
    proxyTunnel: false,
  };
  const undici = await import('undici');
  const direct = new undici.Agent();
  const ranges = rangesIn(except?.[1] ?? '');
  const dispatcher = new undici.EnvHttpProxyAgent(settings as object).compose(
    (dispatch) => (options, handler) =>
      isWithin(ranges, String(options.origin))
        ? direct.dispatch(options, handler)
        : dispatch(options, handler),
  );
  // Its own fetch: agents of one version do not work in the fetch of another.
  const fetch = (url: string, init: object) => undici.fetch(url, { ...init, dispatcher });
  const proxyOf = (address: string): string | undefined => {
    const used = address.toLowerCase().startsWith('https:') ? https : http;
    return used && [used, ...(except ? [except] : [])].map(shown).join(', ');
  };
  return { fetch: fetch as unknown as Connection['fetch'], proxyOf };
};
