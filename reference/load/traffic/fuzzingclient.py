"""Runs the cases of the Autobahn Testsuite against a server, and writes what each came to.

    fuzzingclient.py CASES URL OUTPUT PATTERN...

CASES is the folder that prepare.py made. The suite is written for Python 2, where octets and text are
one type, and so is its driver; this one stands in for that. What a case sends and expects is the
suite's; here it is turned into octets, one for each character. OUTPUT gets one JSON object: by case,
its `behavior`, `behaviorClose` and `remoteCloseCode`, as the suite's own report has them.
"""

import fnmatch
import binascii  # It has to be there, to be stood in for.
import json
import sys
import types
from urllib.parse import urlsplit

from autobahn.twisted import websocket
from autobahn.websocket import utf8validator
from twisted.internet import reactor
import zope.interface

# A case that does not end by itself within this time has failed, seconds.
LONGEST = 120


def octets(value):
    """Text and octets as octets, in whatever they are nested."""
    if isinstance(value, str):
        return value.encode("latin-1")
    if isinstance(value, (tuple, list)):
        return [octets(one) for one in value]
    return value


class Utf8Validator(utf8validator.Utf8Validator):
    """One that takes text."""

    def validate(self, value):
        return super().validate(octets(value))


def load_cases(folder):
    """The case classes, by their numbers."""
    sys.path.insert(0, folder)
    # Two things that Python 3 has no more: where a package's files are, and a class advice.
    resources = types.ModuleType("pkg_resources")
    resources.resource_filename = lambda _, name: f"{folder}/{name}"
    sys.modules["pkg_resources"] = resources
    zope.interface.implements = lambda *_: None
    # One that takes text, and gives it.
    hexadecimal = types.ModuleType("binascii")
    hexadecimal.b2a_hex = hexadecimal.hexlify = lambda value: octets(value).hex()
    hexadecimal.a2b_hex = hexadecimal.unhexlify = lambda value: bytes.fromhex(octets(value).decode())
    utf8validator.Utf8Validator = Utf8Validator
    real, sys.modules["binascii"] = sys.modules["binascii"], hexadecimal
    import case

    sys.modules["binascii"] = real

    case.case.Case.compare = lambda self, one, other: octets(one) == octets(other)
    return {kind.__name__[len("Case") :].replace("_", "."): kind for kind in case.Cases}


class Protocol(websocket.WebSocketClientProtocol):
    """What a case calls `self.p`."""

    def __init__(self):
        super().__init__()
        self.connectionWasOpen = False
        self.txFrameStats = {}
        self.timers = []

    def enableWirelog(self, _):
        pass

    def later(self, delay, action):
        self.timers.append(reactor.callLater(delay, lambda: self.state != self.STATE_CLOSED and action()))

    def continueLater(self, delay, action, tag=None):
        self.later(delay, action)

    def killAfter(self, delay):
        self.later(delay, self.failConnection)

    def failConnection(self):
        self._fail_connection(self.CLOSE_STATUS_CODE_GOING_AWAY, "Going Away")

    def closeAfter(self, delay):
        self.later(delay, self.sendClose)

    def sendFrame(self, opcode, payload="", **options):
        self.txFrameStats[opcode] = self.txFrameStats.get(opcode, 0) + 1
        super().sendFrame(opcode=opcode, payload=octets(payload), **options)

    def sendMessage(self, payload, isBinary=False, **options):
        super().sendMessage(octets(payload), isBinary, **options)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(octets(payload), sync)

    def sendMessageFrame(self, payload, sync=False):
        super().sendMessageFrame(octets(payload), sync)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        super().sendCloseFrame(code=code, reasonUtf8=octets(reasonUtf8), isReply=isReply)

    def sendClose(self, code=None, reason=None):
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code, reasonUtf8=reason, isReply=False)

    def onOpen(self):
        self.connectionWasOpen = True
        self.later(LONGEST, self.failConnection)
        self.case.onOpen()

    def onMessage(self, payload, isBinary):
        self.case.onMessage(payload, isBinary)

    def onPing(self, payload):
        self.case.onPing(payload)
        super().onPing(payload)

    def onPong(self, payload):
        self.case.onPong(payload)

    def onClose(self, wasClean, code, reason):
        self.case.onClose(wasClean, code, reason)

    def connectionLost(self, reason):
        super().connectionLost(reason)
        for timer in self.timers:
            if timer.active():
                timer.cancel()
        self.case.onConnectionLost(self.failedByMe)
        self.factory.over(self)


class Factory(websocket.WebSocketClientFactory):
    """Runs the cases, one after another."""

    def __init__(self, url, cases):
        super().__init__(url, useragent="hopspec")
        self.waiting = list(cases.items())
        self.results = {}
        self.setProtocolOptions(failByDrop=False)
        self.next()

    def next(self):
        if not self.waiting:
            return reactor.stop()
        self.number, self.kind = self.waiting.pop(0)
        address = urlsplit(self.url)
        reactor.connectTCP(address.hostname, address.port, self)

    def buildProtocol(self, _):
        protocol = Protocol()
        protocol.factory = self
        # Before it connects: a case may have offers to make.
        protocol.case = self.kind(protocol)
        return protocol

    def over(self, protocol):
        self.results[self.number] = {
            "behavior": protocol.case.behavior,
            "behaviorClose": protocol.case.behaviorClose,
            "remoteCloseCode": protocol.remoteCloseCode,
        }
        reactor.callLater(0, self.next)

    def clientConnectionFailed(self, _, reason):
        print(f"{self.number}: no connection: {reason.getErrorMessage()}", file=sys.stderr)
        self.results = None
        reactor.stop()


def main():
    folder, url, output, *patterns = sys.argv[1:]
    cases = load_cases(folder)
    chosen = {n: kind for n, kind in cases.items() if any(fnmatch.fnmatch(n, p) for p in patterns)}
    factory = Factory(url, chosen)
    reactor.run()
    if factory.results is None or len(factory.results) != len(chosen):
        sys.exit("not all cases were run")
    with open(output, "w") as file:
        json.dump(factory.results, file, indent=1)


main()
