import Foundation
import Host
import Testing
import Wire

@testable import Node

/// A peer that need not keep to the rules: raw bytes to a node's port, or a whole handshake and
/// then whatever the test wants to say.
final class Stranger {
    private let number: Int32
    private(set) var channel: EstablishedChannel?
    let key: SigningKey

    /// Connects to a node; reads wait for `seconds` at most.
    init(to node: TestNode, seconds: Int = 5, seed: UInt8 = 77) throws {
        key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32)))
        number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(
            number, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = node.port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0, "cannot connect to \(node.name)")
    }

    deinit { close(number) }

    // MARK: Bytes

    /// Sends bytes as they are; a peer that closed in between does not matter.
    func send(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes {
            Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Says that nothing more will come.
    func endSending() { shutdown(number, Int32(SHUT_WR)) }

    /// Exactly `count` bytes; nil when the node closed or was silent for too long.
    func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes { space in
                Glibc.read(number, space.baseAddress.map { $0 + done }, count - done)
            }
            guard result > 0 else { return nil }
            done += result
        }
        return bytes
    }

    /// Whether the node closed the connection, having said anything or nothing.
    func isClosedByNode() -> Bool {
        var space = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(number, &space, space.count)
            if count == 0 || count < 0 && errno == ECONNRESET { return true }
            if count < 0 { return false }
        }
    }

    private func frame(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }

    private func readFrame() throws -> [UInt8] {
        let header = try #require(read(2))
        return try #require(read(Int(header[0]) << 8 | Int(header[1])))
    }

    // MARK: Channel

    /// What it brings to a handshake in `network`, signed by `signer` or its own key.
    func identity(
        network: Digest = NetworkFile.standard.id, signer: SigningKey? = nil
    ) -> HandshakeIdentity {
        let transport = ExchangeKey(secret: Sodium.random(count: 32))
        let notAfter = Clock.wallMilliseconds() + 86_400_000
        let input = TransportCertificate.signingInput(
            network: network, transportKey: transport.publicKey, notAfter: notAfter)
        let certificate = TransportCertificate(
            node: key.publicKey, notAfter: notAfter, signature: (signer ?? key).sign(input))
        return HandshakeIdentity(
            network: network, transport: transport, certificate: certificate,
            suites: CipherSuite.available)
    }

    /// The hello of a handshake, with its length in front.
    func hello(_ identity: HandshakeIdentity) throws -> (Handshake, [UInt8]) {
        let (handshake, hello) = try Dialling.start(
            identity, ephemeral: ExchangeKey(secret: Sodium.random(count: 32)),
            fallback: ExchangeKey(secret: Sodium.random(count: 32)), expected: nil, known: nil)
        return (handshake, frame(hello))
    }

    /// Does the handshake and introduces itself.
    func shakeHands(_ given: HandshakeIdentity? = nil) throws {
        var (handshake, hello) = try hello(given ?? identity())
        send(hello)
        while channel == nil {
            let answer = try readFrame()
            switch try handshake.receive(answer, at: Clock.wallMilliseconds()) {
            case .next(let next, let reply):
                send(frame(reply))
                handshake = next
            case .established(let channel, let reply):
                if let reply { send(frame(reply)) }
                self.channel = channel
            case .refused(let error, _): throw error
            }
        }
        let introduction = Introduction(
            endpoints: [], observed: nil, label: "stranger", software: "none",
            wallMilliseconds: Clock.wallMilliseconds())
        try say(.introduction(introduction))
    }

    /// The sealed frame of a message.
    func sealed(_ message: Message) throws -> [UInt8] {
        var cipher = try #require(channel).send
        let bytes = Frame.seal(message, with: &cipher)
        channel?.send = cipher
        return bytes
    }

    /// Says something over the channel.
    func say(_ message: Message) throws { send(try sealed(message)) }

    /// The next message that fits, answering nothing; nil when the node closed.
    func hear(_ isWanted: (Message) -> Bool) throws -> Message? {
        while true {
            guard let header = read(2) else { return nil }
            let count = Int(header[0]) << 8 | Int(header[1])
            guard let sealed = read(count), var cipher = channel?.receive else { return nil }
            var plain = [UInt8](repeating: 0, count: count - Limits.tagBytes)
            var elements = plain.mutableSpan
            var space = elements.mutableBytes
            try cipher.open(sealed.span.bytes, into: &space)
            channel?.receive = cipher
            guard plain.last == Frame.Kind.control.rawValue else { continue }
            let message = try Message(bytes: Array(plain.dropLast()))
            if isWanted(message) { return message }
        }
    }

    /// Whether the node still answers on this channel.
    func isAnswered() throws -> Bool {
        let number = UInt64.random(in: 1...UInt64(Int64.max))
        try say(.ping(number))
        return try hear { $0 == .pong(number) } != nil
    }

    // MARK: Records

    /// A record that announces a layer which nobody has.
    func layerRecord(
        named name: String, sequence: UInt64, ageMilliseconds: UInt64 = 0,
        lifeMilliseconds: UInt64 = 3_600_000, number: UInt64 = 1
    ) throws -> Record {
        let layer = Digest(words: (number, 2, 3, 4))
        let content = LayerContent(
            layer: layer, manifestSize: 900, type: "memory", name: name, version: "1.0.0",
            licence: "MIT", size: 10, files: 1)
        let issued = Clock.wallMilliseconds() - ageMilliseconds
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: sequence, issued: issued,
            expires: issued + lifeMilliseconds, content: .layer(content))
        return try unsigned.signed(key.sign(unsigned.signingInput))
    }
}
