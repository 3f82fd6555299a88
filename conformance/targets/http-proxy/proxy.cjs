// A reverse proxy made of PACKAGE and Node's own HTTP server, as the README of the package shows it.
// PACKAGE is http-proxy, or http-proxy-3, which grew out of it and is called in the same way.
// Usage: node proxy.cjs PACKAGE LISTEN_HOST LISTEN_PORT ORIGIN_HOST ORIGIN_PORT
const http = require('http');

const [packageName, listenHost, listenPort, originHost, originPort] = process.argv.slice(2);
const { createProxyServer } = require(packageName);
const target = `http://${originHost}:${originPort}`;

const proxies = {
  // With an agent that keeps connections to the origin open.
  explicit: createProxyServer({ target, agent: new http.Agent({ keepAlive: true }) }),
  // By default it uses no agent, and asks the origin to close after each plain request.
  mapped: createProxyServer({ target }),
  // http-proxy does not know `connectTimeout`, and passes it over.
  timed: createProxyServer({ target, proxyTimeout: 1000, connectTimeout: 1000 }),
};

for (const proxy of Object.values(proxies)) {
  proxy.on('proxyRes', (answer, request, response) => {
    response.answer = answer;
  });
  proxy.on('error', (error, request, response) => {
    console.error(`no answer from the origin: ${error.message}`);
    // It is a socket where an upgrade was proxied, and the package ends that by itself.
    if (!(response instanceof http.ServerResponse)) return;
    if (response.answer) {
      // Of an answer that is being relayed, the rest is missing, or something stood behind it.
      if (!response.answer.complete) response.destroy();
      return;
    }
    response.writeHead(502, { 'Content-Type': 'text/plain' });
    response.end('The origin could not be reached.');
  });
}

// The proxy that belongs to the path; a target may also be a whole URI.
function proxyFor(request) {
  const route = /^(?:http:\/\/[^/]*)?\/(explicit|timed)\//.exec(request.url);
  return proxies[route ? route[1] : 'mapped'];
}

// Node looks every `connectionsCheckingInterval` for heads that are not complete in time.
const server = http.createServer({ headersTimeout: 1500, connectionsCheckingInterval: 250 }, (request, response) => {
  proxyFor(request).web(request, response);
});
server.on('upgrade', (request, socket, head) => {
  proxyFor(request).ws(request, socket, head);
});
server.listen(Number(listenPort), listenHost);
