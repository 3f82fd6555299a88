// What a browser's page and Node's `ws` both say over a WebSocket, by the interface that they share.
// Each conversation throws what went wrong.

function expect(came, wanted, what) {
  if (came !== wanted) throw new Error(`${what}: ${JSON.stringify(came)} in place of ${JSON.stringify(wanted)}`);
}

function open(WebSocket, url, protocols = []) {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  return new Promise((done, failed) => {
    socket.addEventListener("open", () => done(socket), { once: true });
    socket.addEventListener("error", () => failed(new Error(`no connection to ${url}`)), { once: true });
  });
}

function next(socket) {
  return new Promise((done, failed) => {
    socket.addEventListener("message", (event) => done(event.data), { once: true });
    socket.addEventListener("close", (event) => failed(new Error(`closed with ${event.code}`)), { once: true });
  });
}

function ask(socket, message) {
  const answer = next(socket);
  socket.send(message);
  return answer;
}

function close(socket, code, reason) {
  const closed = new Promise((done) => socket.addEventListener("close", done, { once: true }));
  if (code) socket.close(code, reason);
  return closed;
}

// Octets that no compression makes short, the same each time.
function noise(length) {
  const octets = new Uint8Array(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    octets[at] = state >>> 24;
  }
  return octets;
}

function same(one, other) {
  const [left, right] = [new Uint8Array(one), new Uint8Array(other)];
  return left.length === right.length && left.every((octet, at) => octet === right[at]);
}

// `base` is where to: ws://host:port. `many` is how many connections at once.
function conversations(WebSocket, fetch, base, many) {
  const http = base.replace(/^ws/, "http");
  let number = 0;
  const name = () => `${Date.now()}-${++number}`;
  const closedAs = async (name) => {
    const answer = await fetch(`${http}/closed?name=${name}`);
    return JSON.stringify(await answer.json());
  };
  return {
    text: async () => {
      const socket = await open(WebSocket, `${base}/echo`);
      for (const text of ["", "hello", "µ@ßöäüàá 🜚", "x".repeat(70000)]) expect(await ask(socket, text), text, "text");
      await close(socket, 1000);
    },
    binary: async () => {
      const socket = await open(WebSocket, `${base}/echo`);
      for (const length of [0, 1, 125, 126, 65535, 65536]) {
        const sent = noise(length);
        expect(same(await ask(socket, sent), sent), true, `${length} octets unchanged`);
      }
      await close(socket, 1000);
    },
    "fragments from the server": async () => {
      const socket = await open(WebSocket, `${base}/fragments`);
      expect(await ask(socket, "go"), "one two three", "a message");
      await close(socket, 1000);
    },
    "permessage-deflate": async () => {
      const socket = await open(WebSocket, `${base}/extensions`);
      expect(socket.extensions.startsWith("permessage-deflate"), true, `an extension (${socket.extensions})`);
      expect(await ask(socket, "?"), "permessage-deflate", "what the server agreed to");
      await close(socket, 1000);
      const echo = await open(WebSocket, `${base}/echo`);
      const long = "the same again, ".repeat(100000);
      expect((await ask(echo, long)) === long, true, "1.6 MB that compress well");
      await close(echo, 1000);
    },
    subprotocol: async () => {
      const socket = await open(WebSocket, `${base}/echo`, ["chat.v1", "chat.v2"]);
      expect(socket.protocol, "chat.v2", "the protocol");
      expect(await ask(socket, "in it"), "in it", "text");
      await close(socket, 1000);
    },
    "16 MiB": async () => {
      const socket = await open(WebSocket, `${base}/echo`);
      const sent = noise(16 * 1024 * 1024);
      expect(same(await ask(socket, sent), sent), true, "16 MiB unchanged");
      await close(socket, 1000);
    },
    "a ping of the server": async () => {
      const socket = await open(WebSocket, `${base}/ping`);
      expect(await ask(socket, "you there"), "pong you there", "what the server heard");
      await close(socket, 1000);
    },
    "close codes of the client": async () => {
      for (const [code, reason] of [[1000, ""], [3000, "three thousand"], [4001, "µ"], [4999, "r".repeat(123)]]) {
        const own = name();
        const socket = await open(WebSocket, `${base}/echo?name=${own}`);
        const event = await close(socket, code, reason);
        expect([event.code, event.wasClean].join(), [code, true].join(), "the close");
        expect(await closedAs(own), JSON.stringify({ code, reason }), "what the server heard");
      }
    },
    "close codes of the server": async () => {
      for (const [code, reason] of [[1000, ""], [1001, "going"], [1011, "oops"], [3999, "µ"], [4001, "r".repeat(123)]]) {
        const socket = await open(WebSocket, `${base}/close?code=${code}&reason=${encodeURIComponent(reason)}`);
        const closed = close(socket);
        socket.send("go");
        const event = await closed;
        expect([event.code, event.reason, event.wasClean].join(), [code, reason, true].join(), "the close");
      }
    },
    [`${many} connections`]: async () => {
      const sockets = await Promise.all(Array.from({ length: many }, () => open(WebSocket, `${base}/echo`)));
      const answers = await Promise.all(sockets.map((socket, at) => ask(socket, `number ${at}`)));
      answers.forEach((answer, at) => expect(answer, `number ${at}`, "text"));
      await Promise.all(sockets.map((socket) => close(socket, 1000)));
    },
  };
}

// Holds one conversation after another. The outcome: what went wrong in each, or null.
async function hold(conversations) {
  const outcome = {};
  for (const [name, conversation] of Object.entries(conversations)) {
    let timer;
    const late = new Promise((_, failed) => {
      timer = setTimeout(() => failed(new Error("it took more than 60 seconds")), 60000);
    });
    outcome[name] = await Promise.race([conversation(), late]).then(() => null, (error) => error.message);
    clearTimeout(timer);
  }
  return outcome;
}

if (typeof module !== "undefined") module.exports = { close, conversations, expect, hold, next, noise, open };
