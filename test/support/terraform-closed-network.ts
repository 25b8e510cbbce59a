import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** All that a program of Go finds of the network: a proxy that lets nothing out, and a metadata server without data. */
export interface ClosedNetwork {
  readonly env: Readonly<Record<string, string>>;
  /** Hosts that somebody wanted to reach, once each. */
  readonly asked: ReadonlySet<string>;
  close(): Promise<void>;
}

/** An immediate no to every connection: a port that is closed makes Google's libraries retry for seconds. */
export async function closeNetwork(): Promise<ClosedNetwork> {
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('http:')) asked.add(new URL(request.url).host);
    response.writeHead(404, { 'Metadata-Flavor': 'Google' }).end();
  });
  server.on('connect', ({ url = '' }, socket) => {
    asked.add(url.replace(/:443$/, ''));
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = `http://${host}`;
  return {
    env: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: '', GCE_METADATA_HOST: host },
    asked,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
