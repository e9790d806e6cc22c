"""A tracker on loopback, for torrent programs that cannot be told by whom they find each other."""
import ipaddress
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from metainfo import bencode

# How soon a peer asks again, in seconds. Nothing waits for it: one that asked before another is
# called by that one.
INTERVAL = 5
# A peer that connects and then says nothing does not keep the others waiting for longer.
SILENCE = 5


def compact(port):
    """An address on this machine as trackers write it (BEP 23)."""
    return ipaddress.IPv4Address("127.0.0.1").packed + port.to_bytes(2, "big")


class Announce(BaseHTTPRequestHandler):
    """Tells who asks of all others that asked; there is one torrent only."""

    timeout = SILENCE

    def do_GET(self):
        port = int(parse_qs(urlsplit(self.path).query, encoding="latin-1")["port"][0])
        others = [compact(other) for other in self.server.ports if other != port]
        self.server.ports.add(port)
        answer = bencode({"interval": INTERVAL, "min interval": 1, "peers": b"".join(others)})
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Says nothing: what is printed here is read by the bench."""


class Tracker(HTTPServer):
    """Serves while the block runs that it is opened for, one peer at a time.

    So of two that ask, the second always hears of the first.
    """

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), Announce)
        self.url = f"http://127.0.0.1:{port}/announce"
        self.ports = set()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
