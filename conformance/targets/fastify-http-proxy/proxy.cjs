// A reverse proxy made of @fastify/http-proxy and Fastify, as the README of @fastify/http-proxy shows it.
// Usage: node proxy.cjs LISTEN_HOST LISTEN_PORT ORIGIN_HOST ORIGIN_PORT
const Fastify = require('fastify');
const proxy = require('@fastify/http-proxy');

const [listenHost, listenPort, originHost, originPort] = process.argv.slice(2);
const upstream = `http://${originHost}:${originPort}`;

// Node looks every `connectionsCheckingInterval` for heads that are not complete in time.
const server = Fastify({ http: { headersTimeout: 1500, connectionsCheckingInterval: 250 } });

// By default connections to the origin are kept open.
server.register(proxy, { upstream, prefix: '/explicit', rewritePrefix: '/explicit', websocket: true });

// Without pipelining undici asks the origin to close after each plain request.
server.register(proxy, {
  upstream,
  prefix: '/mapped',
  rewritePrefix: '/mapped',
  websocket: true,
  undici: { pipelining: 0 },
});

server.register(proxy, {
  upstream,
  prefix: '/timed',
  rewritePrefix: '/timed',
  websocket: true,
  undici: { pipelining: 0, connectTimeout: 1000, headersTimeout: 1000 },
  wsClientOptions: { handshakeTimeout: 1000 },
});

server.listen({ host: listenHost, port: Number(listenPort) });
