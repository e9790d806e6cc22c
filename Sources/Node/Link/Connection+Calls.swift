import Host
import Swarm
import Wire

/// Calls of other kinds than the plain dial of an address: probes, punches and circuits.
extension Connection {
    /// Nanoseconds between two calls of a punch, where the other side's router refused one that
    /// came too early: half of them at least and as many again by chance, or both sides could miss
    /// each other in step.
    static let punchPause: UInt64 = 50_000_000
    /// Nanoseconds for one punch: the system sends a call again after a second, and then both
    /// routers let it in.
    static let punchPatience: UInt64 = 2_500_000_000

    // MARK: Circuits

    /// Shakes hands over a circuit's end of this node.
    func shake(over socket: Socket, at relay: Endpoint) {
        self.socket = socket
        endpoint = relay
        do {
            try poller.add(socket.descriptor, token: number, reads: true, writes: false)
        } catch {
            return fail(error.reason)
        }
        deadline = Clock.monotonic() + Self.handshakePatience
        if dialling == nil { listen() } else { begin() }
    }

    /// Waits for the other side to begin the handshake.
    func listen() {
        stage = .shaking(Listening.start(shared.handshakeIdentity, ephemeral: Self.freshKey()))
        deadline = Clock.monotonic() + Self.handshakePatience
    }

    // MARK: Punches

    /// Waits for the moment of a punch.
    func plan(_ punch: Punch, at place: Endpoint) {
        self.punch = punch
        endpoint = place
        deadline = punch.begin
    }

    /// Calls, as long as the punch lasts.
    func callForPunch() {
        guard let punch, let place = endpoint, let address = Address(place), race?.isWon != true,
            Clock.monotonic() < punch.end
        else { return endPunch("nobody answers") }
        release()
        do {
            guard let own = shared.callingAddress(for: address) else {
                return endPunch("this node does not listen there")
            }
            let socket = try Socket.connect(address, from: own)
            self.socket = socket
            stage = .connecting
            deadline = punch.end
            try poller.add(socket.descriptor, token: number, reads: false, writes: true)
        } catch {
            callAgain()
        }
    }

    /// A router refused: the other side has not called yet, or its call came to the listener.
    func callAgain() {
        release()
        stage = .idle
        let chance = UInt64.random(in: 0..<Self.punchPause)
        deadline = Clock.monotonic() + Self.punchPause / 2 + chance
    }

    func endPunch(_ reason: String) {
        release()
        stage = .closed
        guard let race, let punch else { return }
        race.left -= 1
        if race.left == 0, !race.isWon {
            shared.punches.forget(punch.dial)
            shared.report(.dialFailed(dial: punch.dial, reason: reason))
        }
    }

    /// The call stands: both sides know who begins the handshake.
    func shakeAfterPunch() {
        guard let punch else { return }
        deadline = Clock.monotonic() + Self.handshakePatience
        if punch.isInitiator {
            begin()
        } else {
            listen()
            watch()
        }
    }

    /// Takes a call that came in while both sides call.
    func answer(_ socket: Socket, from endpoint: Endpoint, as punch: Punch) {
        self.punch = punch
        answer(socket, from: endpoint)
        if punch.isInitiator, !isClosed { begin() }
    }

    /// Whether this is the first of a punch's calls that stands.
    func winsRace() -> Bool {
        guard let race else { return true }
        defer { race.isWon = true }
        return !race.isWon
    }
}

/// The calls of one punch, to each address of the other side. A class because they share it;
/// confined to their lane.
final class PunchRace {
    /// Calls that are not over.
    var left: Int
    /// Whether one stands.
    var isWon = false

    /// So many calls.
    init(_ count: Int) { left = count }
}
