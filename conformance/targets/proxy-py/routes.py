"""Every path to the one origin, unchanged: a plugin for the reverse proxy of proxy.py.

proxy.py passes Upgrade on by itself: that is the route `explicit`. `mapped` asks the origin for
a close when a request has no Upgrade, or an empty one.
"""
from proxy.http import Url
from proxy.http.server import ReverseProxyBasePlugin


class Routes(ReverseProxyBasePlugin):
    def routes(self):
        return [r"/.*$"]

    def handle_route(self, request, pattern):
        if request.path.startswith(b"/mapped/"):
            upgrade = request.header(b"upgrade") if request.has_header(b"upgrade") else b""
            if not upgrade.strip():
                request.del_headers([b"upgrade", b"connection", b"te"])
                request.add_header(b"Connection", b"close")
        return Url.from_bytes(b"http://@ORIGIN@" + request.path)
