// The conversations of Node's `ws`. Prints one JSON object: what went wrong in each, or null.
//
//     node client.cjs ws://HOST:PORT

const { WebSocket } = require("ws");
const { close, conversations, expect, hold, next, open } = require("./conversations.js");

const base = process.argv[2];
const own = {
  "fragments from the client": async () => {
    const socket = await open(WebSocket, `${base}/echo`);
    const answer = next(socket);
    socket.send("one ", { fin: false });
    socket.ping("between");
    socket.send("two ", { fin: false });
    socket.send("three", { fin: true });
    expect(await answer, "one two three", "a message");
    await close(socket, 1000);
  },
  "a ping of the client": async () => {
    const socket = await open(WebSocket, `${base}/echo`);
    const pong = new Promise((done) => socket.once("pong", (data) => done(data.toString())));
    socket.ping("you there");
    expect(await pong, "you there", "the pong");
    await close(socket, 1000);
  },
};

hold({ ...conversations(WebSocket, fetch, base, 1000), ...own }).then((outcome) => {
  console.log(JSON.stringify(outcome));
  process.exit(0);
});
