import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { sep } from 'node:path';
import { embeddedStep } from '../learn/embed.ts';

/**
 * The policy of the pages: they may load themselves, compile WebAssembly and show images that they drew. No inline script
 * or style, no other origin.
 *
 * @param ancestors The pages that may have a frame around them.
 */
const policyWithin = (ancestors: "'none'" | '*'): string =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src 'self' blob: data:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors}`,
  ].join('; ');

/** Sent with every answer; built pages may be kept longer. The two policies that begin with Cross-Origin give the page SharedArrayBuffer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policyWithin("'none'"),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/** The policy of a step of Learn that stands alone: slides of any origin may show it, since it shows no run and has no links. */
export const embeddedPolicy = policyWithin('*');

/** The policy of a study's report, which has its styles and pictures in it, and neither scripts nor links. */
export const reportPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Returns whether a request is for a step of Learn that stands alone, `/?embed=mask`. */
export const isEmbedded = (url: string): boolean => {
  const [path, search] = url.split('?', 2);
  return path === '/' && embeddedStep(search ?? '') !== undefined;
};

/** The separators of folders here: elsewhere than on Windows a backslash may be part of a name. */
const SEPARATORS = sep === '/' ? /\// : /[/\\]/;

/** Returns the segments of a request's path, none for `/`; undefined when one is not what a segment can be. */
export const segmentsOf = (url: string): string[] | undefined => {
  const path = url.split('?', 1)[0]!;
  if (path === '/') return [];
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent);
    const impossible = segments.some(
      (segment) => ['', '.', '..'].includes(segment) || segment.includes('\0') || SEPARATORS.test(segment),
    );
    return path.startsWith('/') && !impossible ? segments : undefined;
  } catch {
    return undefined;
  }
};

const LOOPBACK = new Set(['localhost', '::1']);
const EVERYWHERE = new Set(['0.0.0.0', '::']);

/** Returns the name or the address, without brackets and in small letters, that a request was sent to; undefined when it is neither. */
const nameIn = (header: string | undefined): string | undefined => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d+)?$/i.exec(header ?? '');
  return (match?.[1] ?? match?.[2])?.toLowerCase();
};

/** Returns whether a name is one that `--allow-host` can take: without scheme, port, path or star. */
export const isHostName = (name: string): boolean =>
  isIP(name) !== 0 || /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/i.test(name);

/**
 * Returns why a request is refused for the name in its Host header; undefined for a name of this server. A page elsewhere
 * whose own name points at this machine (DNS rebinding) sends that name. The port protects nobody: behind `ssh -L` or
 * `docker -p` it is another than that which the server listens on.
 *
 * @param host The address that the server listens on.
 * @param allowed Further names.
 */
export const refusalOfHost = (
  header: string | undefined,
  host: string,
  allowed: readonly string[],
): string | undefined => {
  const name = nameIn(header);
  const own = new Set([host, ...allowed].map((one) => one.toLowerCase()));
  if (name !== undefined && (LOOPBACK.has(name) || own.has(name))) return undefined;
  if (name !== undefined && isIP(name) === 4 && name.startsWith('127.')) return undefined;
  // On every interface it has many addresses, and the machine's name; rebinding needs another name.
  if (name !== undefined && EVERYWHERE.has(host) && (isIP(name) !== 0 || name === hostname().toLowerCase()))
    return undefined;
  const found = name !== undefined && isHostName(name) ? name : undefined;
  return `expected a request to localhost${allowed.map((one) => ` or ${one}`).join('')}, found ${found ?? 'none'} as its host; start the viewer with --allow-host ${found ?? 'NAME'} if that is a name of this machine`;
};

/**
 * Returns why a request is refused that a page of another origin makes; undefined for others. Links to the pages from
 * elsewhere are followed: the page that they are on sees nothing of the answer.
 *
 * @param isFrame Whether what is asked for may be in a frame of such a page.
 */
export const refusalOfOrigin = (headers: IncomingHttpHeaders, isFrame = false): string | undefined => {
  const { host, origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = headers;
  const isShown = dest === 'document' || (isFrame && dest === 'iframe');
  const isLink = mode === 'navigate' && isShown && origin === undefined;
  const isForeign = site === 'cross-site' || site === 'same-site';
  const isOwnOrigin =
    origin === undefined || (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase());
  if (isOwnOrigin && (!isForeign || isLink)) return undefined;
  return "expected a request of the viewer's own pages, found one of a page of another origin; open the viewer's address itself";
};
