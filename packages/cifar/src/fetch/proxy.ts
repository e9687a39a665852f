import { ConfigError, shownAddress } from '@dropout-lab/contracts';

/** `fetch` as this process reaches the internet. */
export interface Connection {
  readonly fetch: typeof globalThis.fetch;
  /** The proxy for messages, with its variable: `HTTPS_PROXY is http://***@proxy:3128`; undefined where there is none. */
  readonly proxy: string | undefined;
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

/** Many write `proxy:3128`, and curl and npm take it. */
const proxyAddress = ([name, value]: readonly [string, string]): string => {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (/^https?:/i.test(address) && URL.canParse(address)) return address;
  throw new ConfigError(
    `${name}: expected the address of an HTTP proxy, such as http://proxy.example:3128, received ${shownAddress(value)}: correct it, or unset it to do without`,
  );
};

/**
 * Returns the `fetch` for downloads: through the proxy that HTTPS_PROXY or HTTP_PROXY name, but for the hosts in NO_PROXY.
 * Node does not look at them by itself.
 *
 * @throws ConfigError when a variable is no address of an HTTP proxy.
 */
export const connectionOf = async (environment: Environment = process.env): Promise<Connection> => {
  const http = variable(environment, 'HTTP_PROXY');
  // As npm has it, for whom one proxy does for both.
  const https = variable(environment, 'HTTPS_PROXY') ?? http;
  const used = https ?? http;
  if (used === undefined) return { fetch: globalThis.fetch, proxy: undefined };
  const settings = {
    httpsProxy: https && proxyAddress(https),
    httpProxy: http && proxyAddress(http),
    noProxy: variable(environment, 'NO_PROXY')?.[1] ?? '',
    // Proxies often refuse tunnels to other ports than that of https.
    proxyTunnel: false,
  };
  const undici = await import('undici');
  const dispatcher = new undici.EnvHttpProxyAgent(settings as object);
  // Its own fetch: agents of one version do not work in the fetch of another.
  const fetch = (url: string, init: object) => undici.fetch(url, { ...init, dispatcher });
  return { fetch: fetch as unknown as Connection['fetch'], proxy: `${used[0]} is ${shownAddress(used[1])}` };
};
