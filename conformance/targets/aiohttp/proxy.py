"""A reverse proxy on aiohttp: web.Application in front, ClientSession behind.

Content is streamed. WebSockets are bridged: WebSocketResponse in front, ws_connect behind.

Usage: proxy.py HOST PORT ORIGIN, where ORIGIN is host:port.
"""
import asyncio
import struct
import sys
from contextlib import suppress
from contextvars import ContextVar

import yarl
from aiohttp import (
    ClientError, ClientResponse, ClientSession, ClientTimeout, ClientWSTimeout, DummyCookieJar, HttpVersion11,
    TCPConnector, WSMsgType, web,
)
from multidict import CIMultiDict

HOST, PORT, ORIGIN = sys.argv[1], int(sys.argv[2]), sys.argv[3]

# Fields that concern one hop alone.
HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    # aiohttp's server has met an expectation before the handler runs.
    "expect",
}
# Fields that aiohttp's client would add by itself.
NOT_OURS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")

# Pings and closing frames are for the endpoints; so are the size and the encoding of a message.
AS_IT_COMES = {"autoclose": False, "autoping": False, "max_msg_size": 0, "decode_text": False}

CLIENTS = web.AppKey("clients", dict[str, ClientSession])

# The origin's latest answer to this task: ws_connect hands out no field of a 101, and no content of a refusal.
ANSWER: ContextVar[ClientResponse] = ContextVar("answer")


class Refused(Exception):
    """The origin did not switch."""


async def keep_the_answer(request, send):
    answer = await send(request)
    ANSWER.set(answer)
    # ws_connect itself would follow a redirection, and close the connection of any other refusal.
    if "Upgrade" in request.headers and answer.status != 101:
        raise Refused
    return answer


def passed_on(headers, version):
    """A message's fields without those that concern one hop alone, and signed."""
    named = ",".join(headers.getall("Connection", []))
    drop = HOP_BY_HOP | {option.strip().lower() for option in named.split(",")}
    kept = CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in drop)
    kept.add("Via", f"{version.major}.{version.minor} aiohttp-proxy")
    return kept


def without_handshake(headers):
    """Without the fields of a handshake, which aiohttp makes anew on either side."""
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() != "content-length" and not name.lower().startswith("sec-websocket-")
    )


def hops_left(request):
    """The number in Max-Forwards, which is about two methods alone."""
    hops = request.headers.get("Max-Forwards", "")
    counts = request.method in ("OPTIONS", "TRACE") and hops.isdecimal() and len(hops) < 10
    return int(hops) if counts else None


def at_the_origin(request):
    return yarl.URL(f"http://{ORIGIN}{request.rel_url.raw_path_qs}", encoded=True)


def for_the_origin(request):
    headers = passed_on(request.headers, request.version)
    if not request.raw_path.startswith(("/", "*")):
        # In a target of absolute form stands the host that counts.
        headers["Host"] = request.url.host_port_subcomponent
    if (hops := hops_left(request)) is not None:
        headers["Max-Forwards"] = str(hops - 1)
    return headers


async def handle(request):
    route = request.rel_url.raw_path.split("/")[1]
    client = request.app[CLIENTS].get(route, request.app[CLIENTS]["plain"])
    offers = ",".join(request.headers.getall("Sec-WebSocket-Protocol", []))
    protocols = [protocol.strip() for protocol in offers.split(",") if protocol.strip()]
    asks = (
        # can_prepare looks at none of these.
        request.method == "GET" and request.version >= HttpVersion11 and not request.can_read_body
        and web.WebSocketResponse(protocols=protocols).can_prepare(request)
    )
    try:
        if asks and route != "plain":
            return await bridge(request, client, protocols)
        return await forward(request, client)
    except (ClientError, asyncio.TimeoutError) as error:
        late = isinstance(error, asyncio.TimeoutError)
        return web.Response(status=504 if late else 502, text=f"{type(error).__name__}\n")


async def forward(request, client):
    if hops_left(request) == 0:
        return web.Response(status=501 if request.method == "TRACE" else 200)
    async with client.request(
        request.method,
        at_the_origin(request),
        headers=for_the_origin(request),
        data=request.content if request.can_read_body else None,
        allow_redirects=False,
    ) as answer:
        if answer.status == 101:
            return web.Response(status=502, text="a switch that nobody asked for\n")
        return await relay(request, answer)


async def relay(request, answer):
    headers = passed_on(answer.headers, answer.version)
    if answer.status == 426 and "Upgrade" in answer.headers:
        # Which protocol is required is all that it says.
        headers["Upgrade"] = ", ".join(answer.headers.getall("Upgrade"))
        headers["Connection"] = "Upgrade" if request.keep_alive else "Upgrade, close"
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
    try:
        await response.prepare(request)
        async for piece in answer.content.iter_any():
            await response.write(piece)
        await response.write_eof()
    except (ClientError, asyncio.TimeoutError):
        # The head is sent: only the end of the connection can tell that something is missing.
        if request.transport is not None:
            request.transport.abort()
    return response


async def bridge(request, client, protocols):
    """A WebSocket on either side. The origin is asked first, so that its refusal can still be relayed."""
    try:
        back = await client.ws_connect(
            at_the_origin(request),
            headers=without_handshake(for_the_origin(request)),
            protocols=protocols,
            timeout=ClientWSTimeout(ws_receive=client.timeout.sock_read),
            **AS_IT_COMES,
        )
    except Refused:
        async with ANSWER.get() as answer:
            return await relay(request, answer)

    answer = ANSWER.get()
    # Compression would be an extension that the endpoints did not agree on.
    front = web.WebSocketResponse(protocols=[back.protocol], compress=False, **AS_IT_COMES)
    front.headers.extend(without_handshake(passed_on(answer.headers, answer.version)))
    pumps = []
    try:
        with suppress(ConnectionError):  # The client may be gone by now.
            await front.prepare(request)
            pumps = [asyncio.create_task(pump(front, back)), asyncio.create_task(pump(back, front))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        # Not by the close() of a WebSocket, which sends a closing frame of its own.
        answer.close()
        if request.transport is not None:
            request.transport.close()
    return front


async def pump(source, sink):
    """Relays one direction, up to its closing frame."""
    while True:
        message = await source.receive()
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG):
            await sink.send_frame(message.data, message.type)
        elif message.type is WSMsgType.CLOSE:
            # A closing frame may do without a code.
            code = struct.pack("!H", message.data) if message.data else b""
            await sink.send_frame(code + message.extra.encode(), WSMsgType.CLOSE)
            return
        else:
            raise ConnectionResetError("ended without a closing frame")


def session(**options):
    return ClientSession(
        auto_decompress=False,
        cookie_jar=DummyCookieJar(),  # The cookies are the clients'.
        middlewares=[keep_the_answer],
        skip_auto_headers=NOT_OURS,
        **options,
    )


async def clients(app):
    patient = ClientTimeout(total=None)
    hasty = ClientTimeout(total=None, sock_connect=1, sock_read=1)
    # A connector that closes each connection says so in each request.
    async with (
        session(timeout=patient) as kept,
        session(timeout=patient, connector=TCPConnector(force_close=True)) as closing,
        session(timeout=hasty, connector=TCPConnector(force_close=True)) as limited,
    ):
        app[CLIENTS] = {"plain": kept, "explicit": kept, "mapped": closing, "timed": limited}
        yield


def main():
    app = web.Application(client_max_size=0)
    app.cleanup_ctx.append(clients)
    app.router.add_route("*", "/{path:.*}", handle)
    # An open WebSocket holds the process up no longer than this.
    web.run_app(app, host=HOST, port=PORT, print=None, access_log=None, shutdown_timeout=1)


main()
