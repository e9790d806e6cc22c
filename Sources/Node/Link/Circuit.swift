import Host
import Swarm
import Wire

/// This node's end of a relay's circuit: bytes of an ordinary connection, which has the other end
/// of a pair of sockets, become chunks in the session with the relay, and the other way round.
///
/// A class because the lane's tables share it; confined to the lane of the relay's session.
final class Circuit {
    /// Bytes that are written before the other side is allowed as many anew.
    private static let allowance = Int(RelayMessage.window) / 4

    let end: CircuitEnd
    /// Names it to the poller.
    let token: SessionNumber
    /// The connection that runs over it.
    let channel: SessionNumber
    private let poller: Poller
    private var socket: Socket?
    private let space = Buffer(capacity: RelayMessage.chunkMax)
    /// Bytes that may be sent.
    private var allowed = Int(RelayMessage.window)
    /// Chunks that the connection has not taken yet, and how much of the first it has.
    private var waiting: [[UInt8]] = []
    private var taken = 0
    /// Bytes that came and were not allowed anew yet, in all and of those taken.
    private var received = 0
    private var written = 0

    /// An end with one half of a pair of sockets.
    init(
        _ end: CircuitEnd, token: SessionNumber, channel: SessionNumber, socket: Socket,
        poller: Poller
    ) throws(SystemError) {
        self.end = end
        self.token = token
        self.channel = channel
        self.socket = socket
        self.poller = poller
        try poller.add(socket.descriptor, token: token, reads: true, writes: false)
    }

    /// Whether nothing more will pass.
    var isOver: Bool { socket == nil }

    /// The socket can be read or written: what is to be said to the relay.
    func ready(_ event: Poller.Event) -> [RelayMessage] {
        var said: [RelayMessage] = []
        if event.isWritable { said += write() }
        if event.isReadable || event.isGone { said += read() }
        // What a connection left behind that is gone, and that must not be sent, is lost.
        if event.isGone, allowed == 0 { finish() }
        watch()
        return said
    }

    /// Bytes came; the relay sends no more than it was allowed.
    func take(_ bytes: [UInt8]) -> [RelayMessage] {
        received += bytes.count
        guard received <= Int(RelayMessage.window) else {
            finish()
            return []
        }
        waiting.append(bytes)
        let said = write()
        watch()
        return said
    }

    /// The other side took as many bytes.
    func allow(_ count: UInt64) -> [RelayMessage] {
        allowed = min(Int(RelayMessage.window), allowed + Int(clamping: count))
        let said = read()
        watch()
        return said
    }

    private func read() -> [RelayMessage] {
        var said: [RelayMessage] = []
        while let socket, allowed > 0 {
            let room = min(allowed, space.capacity)
            guard let progress = try? socket.read(into: space, 0..<room) else {
                finish()
                break
            }
            guard case .moved(let count) = progress else {
                if progress == .closed { finish() }
                break
            }
            allowed -= count
            said.append(.bytes(circuit: end.circuit, space.bytes(0..<count)))
        }
        return said
    }

    private func write() -> [RelayMessage] {
        while let socket, let first = waiting.first {
            space.store(first, at: 0)
            guard let progress = try? socket.write(from: space, taken..<first.count) else {
                finish()
                break
            }
            guard case .moved(let count) = progress else {
                if progress == .closed { finish() }
                break
            }
            taken += count
            written += count
            guard taken == first.count else { continue }
            waiting.removeFirst()
            taken = 0
        }
        guard written >= Self.allowance else { return [] }
        defer { written = 0 }
        received -= written
        return [.allow(circuit: end.circuit, bytes: UInt64(written))]
    }

    /// Waits for what can go on: nothing is read that must not be sent.
    private func watch() {
        guard let socket else { return }
        try? poller.change(
            socket.descriptor, token: token, reads: allowed > 0, writes: !waiting.isEmpty)
    }

    /// Lets go of the socket; the connection sees its end.
    func finish() {
        guard let socket else { return }
        poller.remove(socket.descriptor)
        self.socket = nil
        waiting = []
    }
}
