"""A reverse proxy on aiohttp: web.Application in front, ClientSession behind, content streamed.

Usage: proxy.py HOST PORT ORIGIN, where ORIGIN is host:port.
"""
import asyncio
import sys

import yarl
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, TCPConnector, web
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

SESSION = web.AppKey("session", ClientSession)


def end_to_end(headers):
    """A message's fields without those that concern one hop alone."""
    named = ",".join(headers.getall("Connection", []))
    drop = HOP_BY_HOP | {option.strip().lower() for option in named.split(",")}
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in drop)


def signed(headers, version):
    headers.add("Via", f"{version.major}.{version.minor} aiohttp-proxy")
    return headers


async def forward(request):
    url = yarl.URL(f"http://{ORIGIN}{request.rel_url.raw_path_qs}", encoded=True)
    headers = signed(end_to_end(request.headers), request.version)
    content = request.content if request.can_read_body else None
    response = None
    try:
        async with request.app[SESSION].request(
            request.method, url, headers=headers, data=content, allow_redirects=False,
        ) as answer:
            if answer.status == 101:
                return web.Response(status=502, text="a switch that nobody asked for\n")
            response = web.StreamResponse(
                status=answer.status,
                reason=answer.reason,
                headers=signed(end_to_end(answer.headers), answer.version),
            )
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            await response.write_eof()
            return response
    except (ClientError, asyncio.TimeoutError) as error:
        if response is not None and response.prepared:
            # The head is sent: only the end of the connection can tell that something is missing.
            if request.transport is not None:
                request.transport.abort()
            return response
        late = isinstance(error, asyncio.TimeoutError)
        return web.Response(status=504 if late else 502, text=f"{type(error).__name__}\n")


async def session(app):
    async with ClientSession(
        auto_decompress=False, skip_auto_headers=NOT_OURS, timeout=ClientTimeout(total=None),
    ) as app[SESSION]:
        yield


def main():
    app = web.Application(client_max_size=0)
    app.cleanup_ctx.append(session)
    app.router.add_route("*", "/{path:.*}", forward)
    web.run_app(app, host=HOST, port=PORT, print=None, access_log=None)


main()
