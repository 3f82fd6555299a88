// The server behind the proxy: what a path does is said beside it. Prints its port.
//
//     node server.cjs
//
// A line on its standard output is a report that a page has sent.

const { createServer } = require("node:http");
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { WebSocketServer } = require("ws");

// How connections were closed by their clients, and who waits to hear it: by their names.
const closed = new Map();
const waiting = new Map();

const http = createServer((request, response) => {
  const url = new URL(request.url, "http://server");
  const say = (body, type = "text/plain") => {
    response.writeHead(200, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
    response.end(body);
  };
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    switch (url.pathname) {
      // How the connection of this name was closed by its client.
      case "/closed":
        const name = url.searchParams.get("name");
        const tell = () => say(JSON.stringify(closed.get(name)), "application/json");
        return closed.has(name) ? tell() : waiting.set(name, tell);
      // What was sent, in a few words.
      case "/upload":
        return say(`${request.method} ${body.length} ${createHash("sha256").update(body).digest("hex")}\n`);
      // An answer of unknown length.
      case "/chunked":
        response.writeHead(200, { "Content-Type": "text/plain" });
        for (let line = 0; line < 1000; line++) response.write(`line ${line}\n`);
        return response.end();
      case "/nothing":
        response.writeHead(204);
        return response.end();
      case "/report":
        console.log(body.toString());
        return say("");
      case "/page":
        return say(readFileSync(join(__dirname, "page.html")), "text/html; charset=utf-8");
      case "/conversations.js":
        return say(readFileSync(join(__dirname, "conversations.js")), "text/javascript; charset=utf-8");
      case "/plain":
        return say("hello\n");
      default:
        response.writeHead(404, { "Content-Length": 0 });
        return response.end();
    }
  });
});

const sockets = new WebSocketServer({
  server: http,
  maxPayload: 64 * 1024 * 1024,
  perMessageDeflate: true,
  handleProtocols: (offered) => (offered.has("chat.v2") ? "chat.v2" : false),
});

sockets.on("connection", (socket, request) => {
  const url = new URL(request.url, "http://server");
  const query = url.searchParams;
  socket.on("error", () => {});
  socket.on("close", (code, reason) => {
    const name = query.get("name");
    if (name === null) return;
    closed.set(name, { code, reason: reason.toString() });
    waiting.get(name)?.();
  });
  switch (url.pathname) {
    // Whatever comes goes back.
    case "/echo":
      return socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    // It closes by itself, once it has heard anything.
    case "/close":
      return socket.on("message", () => socket.close(Number(query.get("code")), query.get("reason")));
    // It pings, and tells of the pong.
    case "/ping":
      socket.on("pong", (data) => socket.send(`pong ${data}`));
      return socket.on("message", (data) => socket.ping(data));
    // A message in three fragments, with a ping between.
    case "/fragments":
      return socket.on("message", () => {
        socket.send("one ", { fin: false });
        socket.send("two ", { fin: false });
        socket.ping("between");
        socket.send("three", { fin: true });
      });
    // What was agreed on.
    case "/extensions":
      return socket.on("message", () => socket.send(socket.extensions));
    default:
      return socket.close(1008, "no such path");
  }
});

http.listen(0, "127.0.0.1", 4096, () => console.log(http.address().port));
