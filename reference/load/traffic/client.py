"""The conversations of Python's `websockets`. Prints one JSON object: what went wrong in each, or null.

    client.py ws://HOST:PORT
"""

import asyncio
import json
import random
import sys
import urllib.request

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

base = sys.argv[1]
LARGE = 64 * 1024 * 1024


def to(path, **options):
    return connect(base + path, max_size=LARGE, **options)


def expect(came, wanted, what):
    if came != wanted:
        raise AssertionError(f"{what}: {came!r:.200} in place of {wanted!r:.200}")


async def ask(socket, message):
    await socket.send(message)
    return await socket.recv()


async def text():
    async with to("/echo") as socket:
        for sent in ["", "hello", "µ@ßöäüàá 🜚", "x" * 70000]:
            expect(await ask(socket, sent), sent, "text")


async def binary():
    async with to("/echo") as socket:
        for length in [0, 1, 125, 126, 65535, 65536]:
            sent = random.Random(length).randbytes(length)
            expect(await ask(socket, sent), sent, f"{length} octets")


async def fragments_from_the_client():
    async with to("/echo") as socket:
        expect(await ask(socket, ["one ", "two ", "three"]), "one two three", "a message")


async def fragments_from_the_server():
    async with to("/fragments") as socket:
        await socket.send("go")
        fragments = [fragment async for fragment in socket.recv_streaming()]
        expect(fragments, ["one ", "two ", "three"], "the fragments")


async def permessage_deflate():
    async with to("/extensions") as socket:
        expect(await ask(socket, "?"), "permessage-deflate", "what the server agreed to")
    async with to("/echo") as socket:
        expect(["PerMessageDeflate" in repr(one) for one in socket.protocol.extensions], [True], "an extension")
        sent = "the same again, " * 100000
        expect(await ask(socket, sent), sent, "1.6 MB that compress well")
    async with to("/extensions", compression=None) as socket:
        expect(await ask(socket, "?"), "", "what the server agreed to")


async def subprotocol():
    async with to("/echo", subprotocols=["chat.v1", "chat.v2"]) as socket:
        expect(socket.subprotocol, "chat.v2", "the protocol")
        expect(await ask(socket, "in it"), "in it", "text")


async def sixteen_mebibytes():
    async with to("/echo") as socket:
        sent = random.Random(16).randbytes(16 * 1024 * 1024)
        expect(await ask(socket, sent) == sent, True, "16 MiB unchanged")


async def a_ping_of_the_client():
    async with to("/echo") as socket:
        await asyncio.wait_for(await socket.ping("you there"), 10)


async def a_ping_of_the_server():
    async with to("/ping") as socket:
        expect(await ask(socket, "you there"), "pong you there", "what the server heard")


async def close_codes_of_the_client():
    http = base.replace("ws", "http", 1)
    for code, reason in [(1000, ""), (3000, "three thousand"), (4001, "µ"), (4999, "r" * 123)]:
        name = f"python-{code}"
        socket = await to(f"/echo?name={name}")
        await socket.close(code, reason)
        answer = await asyncio.to_thread(lambda: urllib.request.urlopen(f"{http}/closed?name={name}").read())
        expect(json.loads(answer), {"code": code, "reason": reason}, "what the server heard")


async def close_codes_of_the_server():
    for code, reason in [(1000, ""), (1001, "going"), (1011, "oops"), (3999, "three"), (4001, "r" * 123)]:
        async with to(f"/close?code={code}&reason={reason}") as socket:
            try:
                await ask(socket, "go")
            except ConnectionClosed as closed:
                expect((closed.rcvd.code, closed.rcvd.reason), (code, reason), "the close")
            else:
                raise AssertionError("it was not closed")


async def a_thousand_connections():
    sockets = await asyncio.gather(*(to("/echo", open_timeout=30) for _ in range(1000)))
    answers = await asyncio.gather(*(ask(socket, f"number {at}") for at, socket in enumerate(sockets)))
    expect(answers, [f"number {at}" for at in range(1000)], "texts")
    await asyncio.gather(*(socket.close() for socket in sockets))


async def main():
    outcome = {}
    for conversation in [
        text,
        binary,
        fragments_from_the_client,
        fragments_from_the_server,
        permessage_deflate,
        subprotocol,
        sixteen_mebibytes,
        a_ping_of_the_client,
        a_ping_of_the_server,
        close_codes_of_the_client,
        close_codes_of_the_server,
        a_thousand_connections,
    ]:
        try:
            await asyncio.wait_for(conversation(), 60)
            wrong = None
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
        outcome[conversation.__name__.replace("_", " ")] = wrong
    print(json.dumps(outcome))


asyncio.run(main())
