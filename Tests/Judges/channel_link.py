"""The channel of docs/formats/channel.md over a socket, with PyPI `noiseprotocol` and PyNaCl.

`dial` and `answer` do a handshake; the `Channel` they give sends and receives messages.
"""

import os
import socket
import time
import warnings

import nacl.exceptions
import nacl.signing
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from noise.connection import Keypair, NoiseConnection
from noise.exceptions import NoiseInvalidMessage

from wire import DAY, SKEW, Reader, Refused, base32

warnings.filterwarnings("ignore", message="One of ephemeral keypairs")
MAGIC = b"PLSM"
SUITES = {1: "ChaChaPoly", 2: "AESGCM"}
PATTERNS = {1: "XX", 2: "IK"}
ANSWERS = {0: "accepted", 1: "otherNetwork", 2: "noVersion", 3: "noSuite", 4: "startWithXX", 5: "busy", 6: "wrongSwarm"}
HANDSHAKE_MAX = 1024
CONTROL, PAYLOAD = 0, 1
CERTIFICATE = 105
STRIPE = b"\x01"


def now():
    return time.time_ns() // 1_000_000


class Identity:
    """A node key and a transport key that it vouches for."""

    def __init__(self, network, seed=None):
        self.network = network
        self.node = nacl.signing.SigningKey(seed or os.urandom(32))
        self.transport = X25519PrivateKey.generate()

    def certificate(self):
        end = (now() + 30 * DAY).to_bytes(8, "big")
        signed = b"plasmid-transport-v1" + self.network + self.transport.public_key().public_bytes_raw() + end
        return b"\x01" + bytes(self.node.verify_key) + end + self.node.sign(signed).signature


def check_certificate(data, network, transport):
    """The node key and end of a certificate whose signature PyNaCl accepts for this transport key."""
    reader = Reader(data)
    if reader.number(1) != 1:
        raise Refused("unsupported", "certificate version")
    node, end, signature = reader.take(32), reader.number(8), reader.take(64)
    reader.finish()
    signed = b"plasmid-transport-v1" + network + transport + end.to_bytes(8, "big")
    try:
        nacl.signing.VerifyKey(node).verify(signed, signature)
    except nacl.exceptions.BadSignatureError:
        raise Refused("notAuthentic", "transport certificate") from None
    if end > now() + 60 * DAY:
        raise Refused("invalid", "certificate life")
    if end + SKEW < now():
        raise Refused("expired", "transport certificate")
    return node, end


# --- frames ------------------------------------------------------------------

def read_exactly(link, count):
    data = b""
    while len(data) < count:
        part = link.recv(count - len(data))
        if not part:
            raise Refused("truncated", "the peer closed the connection")
        data += part
    return data


def read_frame(link, limit=65_535):
    count = int.from_bytes(read_exactly(link, 2), "big")
    if count > limit:
        raise Refused("tooLarge", "frame")
    return read_exactly(link, count)


def write_frame(link, data):
    link.sendall(len(data).to_bytes(2, "big") + data)


class Channel:
    """An established channel: messages in, messages out."""

    def __init__(self, link, noise, peer, transport, suite):
        self.link, self.noise = link, noise
        self.peer, self.transport, self.suite = peer, transport, suite
        self.keys_changed = 0

    def seal(self, plain, kind):
        write_frame(self.link, self.noise.encrypt(plain + bytes([kind])))

    def send(self, kind, body=b""):
        self.seal(bytes([kind]) + body, CONTROL)

    def rekey(self):
        """The last frame under the present key; the next one is under its successor."""
        self.send(5)
        self.noise.rekey_outbound_cipher()

    def receive(self):
        """(type, reader) of the next message, or (None, bytes) of a payload frame."""
        try:
            plain = self.noise.decrypt(read_frame(self.link))
        except NoiseInvalidMessage:
            raise Refused("notAuthentic", "frame") from None
        if not plain:
            raise Refused("truncated", "frame without kind")
        body, kind = plain[:-1], plain[-1]
        if kind == PAYLOAD:
            return None, body
        if kind != CONTROL:
            raise Refused("unsupported", f"frame kind {kind}")
        reader = Reader(body)
        number = reader.number(1)
        if number == 5:
            reader.finish()
            self.noise.rekey_inbound_cipher()
            self.keys_changed += 1
        return number, reader


# --- handshake ---------------------------------------------------------------

def noise_for(pattern, suite, initiator, prologue, identity, ephemeral=None, remote=None):
    noise = NoiseConnection.from_name(f"Noise_{PATTERNS[pattern]}_25519_{SUITES[suite]}_BLAKE2b".encode())
    noise.set_as_initiator() if initiator else noise.set_as_responder()
    noise.set_prologue(prologue)
    noise.set_keypair_from_private_bytes(Keypair.STATIC, identity.transport.private_bytes_raw())
    if ephemeral:
        noise.set_keypair_from_private_bytes(Keypair.EPHEMERAL, ephemeral.private_bytes_raw())
    if remote:
        noise.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, remote)
    noise.start_handshake()
    return noise


def read_choice(frame):
    """(header, suite, Noise message) of an accepting choice."""
    reader = Reader(frame)
    if reader.take(4) != MAGIC:
        raise Refused("invalid", "choice")
    answer, version, suite = reader.number(1), reader.number(1), reader.number(1)
    if answer not in ANSWERS:
        raise Refused("unsupported", "answer")
    if answer:
        raise Refused("refused", ANSWERS[answer])
    if version != 1 or suite not in SUITES:
        raise Refused("invalid", "choice")
    return frame[:7], suite, reader.rest()


def remote_static(noise):
    return bytes(noise.noise_protocol.handshake_state.rs.public_bytes)


def open_reply(noise, message):
    try:
        return bytes(noise.read_message(message))
    except NoiseInvalidMessage:
        raise Refused("notAuthentic", "handshake") from None
    except Exception as error:  # cryptography's InvalidTag and ValueError, as the library lets them through
        raise Refused("notAuthentic", f"handshake ({type(error).__name__})") from None


def dial(host, port, identity, node=None, suites=(1, 2), known=None, purpose=b""):
    """A channel to the node at an address: XX, or IK with `known` = (transport key, suite)."""
    vouched = identity.certificate() + purpose
    link = socket.create_connection((host, port), timeout=20)
    pattern = 2 if known else 1
    offered = [known[1]] if known else suites
    header = MAGIC + bytes([1, 1, sum(1 << (suite - 1) for suite in offered), pattern]) + identity.network
    ephemeral = X25519PrivateKey.generate()
    if known:
        prologue = header + MAGIC + bytes([0, 1, known[1]])
        noise = noise_for(2, known[1], True, prologue, identity, ephemeral, known[0])
        write_frame(link, header + bytes(noise.write_message(vouched)))
        chosen, suite, message = read_choice(read_frame(link, HANDSHAKE_MAX))
        if suite != known[1]:
            raise Refused("invalid", "choice")
        certificate, transport = open_reply(noise, message), known[0]
    else:
        public = ephemeral.public_key().public_bytes_raw()
        write_frame(link, header + public)
        chosen, suite, message = read_choice(read_frame(link, HANDSHAKE_MAX))
        if suite not in offered:
            raise Refused("invalid", "choice")
        noise = noise_for(1, suite, True, header + chosen, identity, ephemeral)
        if bytes(noise.write_message()) != public:
            raise ValueError("noiseprotocol took another ephemeral key")
        certificate = open_reply(noise, message)
        transport = remote_static(noise)
    peer, end = check_certificate(certificate, identity.network, transport)
    if node and peer != node:
        raise Refused("wrongPeer", base32(peer))
    if not known:
        write_frame(link, bytes(noise.write_message(vouched)))
    channel = Channel(link, noise, peer, transport, suite)
    channel.certificate_end = end
    return channel


def answer(link, identity, suites=(2, 1), hello=None):
    """The responder's side, for checking this client without a node; None after a refusal."""
    hello = hello or read_frame(link, HANDSHAKE_MAX)
    reader = Reader(hello)
    if reader.take(4) != MAGIC:
        raise Refused("invalid", "hello")
    low, high, offered, pattern, network = *reader.take(4), reader.take(32)
    suite = next((suite for suite in suites if offered >> (suite - 1) & 1), None)
    refusal = 1 if network != identity.network else 2 if not low <= 1 <= high else 3 if suite is None else 0
    if refusal:
        write_frame(link, MAGIC + bytes([refusal, 1, 1]))
        return None
    choice = MAGIC + bytes([0, 1, suite])
    noise = noise_for(pattern, suite, False, hello[:40] + choice, identity)
    certificate = open_reply(noise, hello[40:])
    transport = remote_static(noise) if pattern == 2 else None
    write_frame(link, choice + bytes(noise.write_message(identity.certificate())))
    if pattern == 1:
        # The library forgets the handshake with its last message; the key object stays.
        state = noise.noise_protocol.handshake_state
        certificate = open_reply(noise, read_frame(link, HANDSHAKE_MAX))
        transport = bytes(state.rs.public_bytes)
    certificate, purpose = certificate[:CERTIFICATE], certificate[CERTIFICATE:]
    if purpose not in (b"", STRIPE):
        raise Refused("unsupported", "connection purpose")
    peer, _ = check_certificate(certificate, identity.network, transport)
    channel = Channel(link, noise, peer, transport, suite)
    channel.purpose = purpose
    return channel
