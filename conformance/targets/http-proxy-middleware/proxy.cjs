// A reverse proxy made of http-proxy-middleware and Express, as the README of http-proxy-middleware shows it.
// Usage: node proxy.cjs LISTEN_HOST LISTEN_PORT ORIGIN_HOST ORIGIN_PORT
const http = require('http');
const express = require('express');
const { createProxyMiddleware } = require('http-proxy-middleware');

const [listenHost, listenPort, originHost, originPort] = process.argv.slice(2);
const target = `http://${originHost}:${originPort}`;

const proxies = [
  // By default connections to the origin are kept open, apart from those of an upgrade.
  createProxyMiddleware({ target, pathFilter: '/explicit/' }),
  // Without an agent the origin is asked to close after each plain request.
  createProxyMiddleware({ target, pathFilter: '/mapped/', agent: false }),
  createProxyMiddleware({ target, pathFilter: '/timed/', agent: false, proxyTimeout: 1000, upgradeTimeout: 1000 }),
];

const app = express();
for (const proxy of proxies) app.use(proxy);

// Node looks every `connectionsCheckingInterval` for heads that are not complete in time.
const server = http.createServer({ headersTimeout: 1500, connectionsCheckingInterval: 250 }, app);
for (const proxy of proxies) server.on('upgrade', proxy.upgrade);
server.listen(Number(listenPort), listenHost);
