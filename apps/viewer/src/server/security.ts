import { isIP } from 'node:net';
import { hostname } from 'node:os';

/**
 * The policy of the pages: they may load themselves, compile WebAssembly and show images that they drew. No inline script
 * or style, no other origin, no frame around them.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self' blob: data:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sent with every answer; built pages may be kept longer. The two policies that begin with Cross-Origin give the page SharedArrayBuffer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/** Returns the segments of a request's path, none for `/`; undefined when one is not what a segment can be. */
export const segmentsOf = (url: string): string[] | undefined => {
  const path = url.split('?', 1)[0]!;
  if (path === '/') return [];
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent);
    const impossible = segments.some(
      (segment) => segment === '' || segment === '.' || segment === '..' || /[/\\\0]/.test(segment),
    );
    return path.startsWith('/') && !impossible ? segments : undefined;
  } catch {
    return undefined;
  }
};

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);
const EVERYWHERE = new Set(['0.0.0.0', '::']);

/**
 * Returns whether a request's Host header is a name of this server. A page elsewhere whose own name points at this machine
 * (DNS rebinding) sends that name, and is refused.
 *
 * @param host The address that the server listens on.
 */
export const isKnownHost = (header: string | undefined, host: string, port: number): boolean => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d+))?$/i.exec(header ?? '');
  if (!match) return false;
  const name = (match[1] ?? match[2]!).toLowerCase();
  if (Number(match[3] ?? 80) !== port) return false;
  if (LOOPBACK.has(name) || name === host.toLowerCase()) return true;
  // On every interface it has many addresses, and the machine's name; rebinding needs another name.
  return EVERYWHERE.has(host) && (isIP(name) !== 0 || name === hostname().toLowerCase());
};
