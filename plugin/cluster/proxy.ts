import { getProxyForUrl } from 'proxy-from-env';

/** The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for `server`; none for this machine itself, as Go has it. */
export function proxyFor(server: string): string | undefined {
  const { hostname } = new URL(server);
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return undefined;
  return getProxyForUrl(server) || undefined;
}
