import Testing
import Wire

@testable import Swarm

@Suite struct RelayDeskTests {
    /// A relay with two clients: 1 asks, 2 has a place. Both dialled it.
    private struct Scene {
        var desk: RelayDesk
        var clients: [SessionNumber: RelayDesk.Client] = [:]
        var now: UInt64 = 1000

        init(_ offer: RelayOffer = RelayOffer()) {
            desk = RelayDesk(offer)
            add(1)
            add(2)
        }

        /// A client in a part of the network of its own, or in that of `other`.
        mutating func add(
            _ number: SessionNumber, isRelayed: Bool = false, near other: SessionNumber? = nil
        ) {
            let place = Driver.address(1, [UInt8(20 + (other ?? number)), 1, 1])
            clients[number] = RelayDesk.Client(
                session: number, key: Driver.key(UInt8(number)).publicKey, isCaller: true,
                isRelayed: isRelayed, network: Netgroup(place))
        }

        func client(_ number: SessionNumber) -> RelayDesk.Client {
            guard let client = clients[number] else { preconditionFailure("no client") }
            return client
        }

        mutating func connect(
            _ circuit: UInt64, to target: SessionNumber = 2, by caller: SessionNumber = 1
        ) -> [RelayDesk.Effect] {
            let clients = clients
            return desk.connect(
                circuit, to: client(target).key, by: client(caller), at: now,
                session: { clients[$0] })
        }

        mutating func hear(
            _ session: SessionNumber, _ circuit: UInt64, _ message: RelayMessage
        ) -> [RelayDesk.Effect]? {
            desk.receive(message, CircuitEnd(session: session, circuit: circuit), at: now)
        }

        /// The number that the relay gave a circuit on the other session.
        mutating func open(_ circuit: UInt64, to target: SessionNumber = 2) -> UInt64 {
            if case .send(_, .incoming(let number, _))? = connect(circuit, to: target).first {
                _ = hear(target, number, .opened(circuit: number))
                return number
            }
            return 0
        }
    }

    private func chunk(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }

    @Test func `a circuit goes to who has a place, and bytes pass both ways as they are`() {
        var scene = Scene()
        #expect(scene.connect(2) == [.send(1, .refused(circuit: 2, .absent))])
        #expect(scene.desk.reserve(scene.client(2)) == [.send(2, .reserved)])
        #expect(scene.connect(2) == [.send(2, .incoming(circuit: 3, from: scene.client(1).key))])
        #expect(scene.hear(2, 3, .opened(circuit: 3)) == [.send(1, .opened(circuit: 2))])
        #expect(
            scene.hear(1, 2, .bytes(circuit: 2, [1, 2])) == [.send(2, .bytes(circuit: 3, [1, 2]))])
        #expect(scene.hear(2, 3, .bytes(circuit: 3, [3])) == [.send(1, .bytes(circuit: 2, [3]))])
        #expect(scene.desk.counters.bytes == 3 && scene.desk.counters.opened == 1)
        #expect(
            scene.hear(1, 2, .close(circuit: 2, .closed)) == [.send(2, .close(circuit: 3, .closed))]
        )
        #expect(scene.hear(2, 3, .bytes(circuit: 3, [3])) == nil, "it is over")
        #expect(scene.desk.circuitCount == 0)
    }

    @Test func `nothing passes before it is open, and nobody else opens it`() {
        var scene = Scene()
        _ = scene.desk.reserve(scene.client(2))
        _ = scene.connect(2)
        #expect(isBlamed(1, in: scene.hear(1, 2, .opened(circuit: 2))))
        #expect(scene.desk.circuitCount == 0)
        _ = scene.connect(4)
        #expect(isBlamed(1, in: scene.hear(1, 4, .bytes(circuit: 4, [1]))))
    }

    private func isBlamed(_ session: SessionNumber, in effects: [RelayDesk.Effect]?) -> Bool {
        effects?.contains { if case .blame(session, _) = $0 { true } else { false } } == true
    }

    @Test func `numbers are even for who dialled, new each time, and never 0`() {
        var scene = Scene()
        _ = scene.desk.reserve(scene.client(2))
        for number in [0, 3] as [UInt64] {
            #expect(isBlamed(1, in: scene.connect(number)))
        }
        _ = scene.connect(2)
        #expect(isBlamed(1, in: scene.connect(2)))
    }

    @Test func `relays neither relayed peers nor a node to itself`() {
        var scene = Scene()
        scene.add(3, isRelayed: true)
        #expect(
            scene.desk.reserve(scene.client(3)) == [.send(3, .refused(circuit: 0, .notOffered))])
        _ = scene.desk.reserve(scene.client(2))
        #expect(scene.connect(2, by: 3) == [.send(3, .refused(circuit: 2, .notOffered))])
        #expect(scene.connect(2, by: 2) == [.send(2, .refused(circuit: 2, .notOffered))])
    }

    @Test func `places, circuits of a caller and to a node, and circuits in all are bounded`() {
        var offer = RelayOffer()
        offer.circuits = 10
        var scene = Scene(offer)
        for number in 2..<UInt64(2 + RelayLimits.placesMax) {
            scene.add(number)
            #expect(scene.desk.reserve(scene.client(number)) == [.send(number, .reserved)])
        }
        scene.add(99)
        #expect(scene.desk.reserve(scene.client(99)) == [.send(99, .refused(circuit: 0, .full))])
        for circuit in 1...4 { #expect(scene.open(UInt64(circuit) * 2) != 0) }
        #expect(scene.connect(10) == [.send(1, .refused(circuit: 10, .tooMany))])
        for caller in UInt64(10)..<14 { _ = scene.connect(2, by: caller) }
        #expect(scene.desk.circuitCount == 8)
        #expect(scene.connect(2, by: 20) == [.send(20, .refused(circuit: 2, .full))], "to one node")
        _ = scene.connect(2, to: 3, by: 20)
        _ = scene.connect(4, to: 3, by: 20)
        #expect(scene.connect(6, to: 3, by: 20) == [.send(20, .refused(circuit: 6, .full))])
    }

    @Test func `one part of the network gets half of the places and circuits at most`() {
        var offer = RelayOffer()
        offer.circuits = 12
        var scene = Scene(offer)
        var taken = 0
        for number in 10..<UInt64(60) {
            scene.add(number, near: 9)
            if scene.desk.reserve(scene.client(number)) == [.send(number, .reserved)] { taken += 1 }
        }
        #expect(taken == RelayLimits.placesPerNetgroup)
        #expect(scene.desk.reserve(scene.client(2)) == [.send(2, .reserved)], "others have room")
        for number in 10..<UInt64(18) { _ = scene.connect(2, by: number) }
        #expect(scene.desk.circuitCount == 6)
        _ = scene.connect(2, to: 11, by: 1)
        #expect(scene.desk.circuitCount == 7)
    }

    @Test func `who asks again and again is refused, cheaply`() {
        var scene = Scene()
        var refused = 0
        for number in 1...50 {
            if scene.connect(UInt64(number) * 2)
                == [.send(1, .refused(circuit: UInt64(number) * 2, .tooMany))]
            {
                refused += 1
            }
        }
        #expect(refused == 42 && scene.desk.counters.refused[.tooMany] == 42)
    }

    @Test func `more than a window is broken, and so is allowing what never came`() {
        var scene = Scene()
        _ = scene.desk.reserve(scene.client(2))
        let other = scene.open(2)
        let count = Int(RelayMessage.window) / RelayMessage.chunkMax
        for _ in 0..<count {
            let said = scene.hear(1, 2, .bytes(circuit: 2, chunk(RelayMessage.chunkMax)))
            #expect(said?.count == 1)
        }
        #expect(scene.desk.underWay == RelayMessage.window)
        let last = scene.hear(1, 2, .bytes(circuit: 2, [1]))
        #expect(isBlamed(1, in: last) && last?.count == 3, "both are told, one is blamed")
        let next = scene.open(4)
        #expect(next != other)
        #expect(isBlamed(2, in: scene.hear(2, next, .allow(circuit: next, bytes: 1))))
    }

    @Test func `what is allowed anew waits for the rate, and two circuits share it`() {
        var offer = RelayOffer()
        offer.bytesPerSecond = 128 << 10
        var scene = Scene(offer)
        scene.add(3)
        _ = scene.desk.reserve(scene.client(2))
        _ = scene.desk.reserve(scene.client(3))
        let ends = [scene.open(2), scene.open(4, to: 3)]
        let half = RelayMessage.window / 2
        for circuit in [2, 4] as [UInt64] {
            for _ in 0..<Int(half) / RelayMessage.chunkMax {
                _ = scene.hear(1, circuit, .bytes(circuit: circuit, chunk(RelayMessage.chunkMax)))
            }
        }
        var given: [UInt64: UInt64] = [:]
        func note(_ effects: [RelayDesk.Effect]?) {
            for case .send(1, .allow(let circuit, let bytes)) in effects ?? [] {
                given[circuit, default: 0] += bytes
            }
        }
        note(scene.hear(2, ends[0], .allow(circuit: ends[0], bytes: half)))
        note(scene.hear(3, ends[1], .allow(circuit: ends[1], bytes: half)))
        #expect(given == [2: 128 << 10], "the rate's one second")
        for _ in 0..<4 {
            let due = scene.desk.deadline
            #expect(due < .max && due > scene.now)
            scene.now = due
            note(scene.desk.wake(at: scene.now))
        }
        #expect(given == [2: 256 << 10, 4: 128 << 10])
        #expect(scene.now - 1000 <= 2 * Span.second + Span.millisecond)
        for _ in 0..<2 {
            scene.now = scene.desk.deadline
            note(scene.desk.wake(at: scene.now))
        }
        #expect(given == [2: half, 4: half] && scene.desk.deadline == .max)
    }

    @Test func `the day's bytes end all circuits, and the next are refused`() {
        var offer = RelayOffer()
        offer.bytesPerDay = 1000
        var scene = Scene(offer)
        _ = scene.desk.reserve(scene.client(2))
        let other = scene.open(2)
        let passed = scene.hear(1, 2, .bytes(circuit: 2, chunk(999)))
        #expect(passed?.count == 1)
        #expect(
            scene.hear(2, other, .bytes(circuit: other, [1]))
                == [.send(1, .close(circuit: 2, .spent)), .send(2, .close(circuit: other, .spent))])
        #expect(scene.connect(4) == [.send(1, .refused(circuit: 4, .spent))])
        scene.now += Span.day
        #expect(scene.open(6) != 0)
    }

    @Test func `a session's end ends its circuits and its place`() {
        var scene = Scene()
        _ = scene.desk.reserve(scene.client(2))
        _ = scene.open(2)
        #expect(scene.desk.serves(1) && scene.desk.serves(2))
        #expect(scene.desk.sessionGone(2) == [.send(1, .close(circuit: 2, .closed))])
        #expect(!scene.desk.serves(1) && scene.desk.placeCount == 0)
        #expect(scene.connect(4) == [.send(1, .refused(circuit: 4, .absent))])
    }

    @Test func `circuits that nobody takes or uses are over`() {
        var scene = Scene()
        _ = scene.desk.reserve(scene.client(2))
        _ = scene.connect(2)
        scene.now += RelayLimits.openPatience + 1
        #expect(
            scene.desk.watch(at: scene.now)
                == [
                    .send(1, .refused(circuit: 2, .declined)),
                    .send(2, .close(circuit: 3, .declined)),
                ])
        let other = scene.open(4)
        scene.now += RelayLimits.silence
        #expect(scene.desk.watch(at: scene.now).isEmpty)
        scene.now += 1
        #expect(
            scene.desk.watch(at: scene.now)
                == [
                    .send(1, .close(circuit: 4, .closed)),
                    .send(2, .close(circuit: other, .closed)),
                ])
    }

    @Test func `who does not want it is not blamed for it`() {
        var scene = Scene()
        _ = scene.desk.reserve(scene.client(2))
        _ = scene.connect(2)
        #expect(
            scene.hear(2, 3, .refused(circuit: 3, .declined))
                == [.send(1, .refused(circuit: 2, .declined))])
        #expect(scene.desk.circuitCount == 0)
    }

    /// Clients that say anything at all, at any time, for a thousand words.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `nothing that clients say breaks its bounds`(_ seed: UInt64) {
        var offer = RelayOffer()
        offer.circuits = 6
        offer.bytesPerSecond = 64 << 10
        offer.bytesPerDay = 4 << 20
        var scene = Scene(offer)
        for number in UInt64(3)...6 { scene.add(number, isRelayed: number == 6) }
        var generator = SeededGenerator(seed: seed)
        // Every number that was ever used, so that words about real circuits are common.
        var numbers: [UInt64] = [0, 1, 2, 3, 4]
        for _ in 0..<1000 {
            let session = UInt64.random(in: 1...6, using: &generator)
            let circuit = numbers.randomElement(using: &generator) ?? 0
            scene.now += UInt64.random(in: 0..<Span.second / 4, using: &generator)
            var effects: [RelayDesk.Effect] = []
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: effects = scene.desk.reserve(scene.client(session))
            case 1, 2:
                effects = scene.connect(
                    circuit &+ 2, to: UInt64.random(in: 1...6, using: &generator), by: session)
            case 3: effects = scene.desk.wake(at: scene.now)
            case 4: effects = scene.desk.watch(at: scene.now)
            case 5 where seed % 2 == 0: effects = scene.desk.sessionGone(session)
            case 6, 7: effects = scene.hear(session, circuit, .opened(circuit: circuit)) ?? []
            case 8: effects = scene.hear(session, circuit, .close(circuit: circuit, .closed)) ?? []
            case 9:
                let count = UInt64.random(in: 1...RelayMessage.window, using: &generator)
                effects =
                    scene.hear(session, circuit, .allow(circuit: circuit, bytes: count)) ?? []
            default:
                let bytes = chunk(RelayMessage.chunkMax)
                effects = scene.hear(session, circuit, .bytes(circuit: circuit, bytes)) ?? []
            }
            for case .send(_, let word) in effects {
                switch word {
                case .incoming(let number, _), .opened(let number): numbers.append(number)
                default: break
                }
            }
            #expect(scene.desk.circuitCount <= offer.circuits)
            #expect(scene.desk.placeCount <= RelayLimits.placesMax)
            #expect(
                scene.desk.underWay <= UInt64(scene.desk.circuitCount) * 2 * RelayMessage.window)
            #expect(
                scene.desk.budget.usedToday <= offer.bytesPerDay + UInt64(RelayMessage.chunkMax))
        }
        for session in UInt64(1)...6 { _ = scene.desk.sessionGone(session) }
        #expect(scene.desk.circuitCount == 0 && scene.desk.placeCount == 0)
        #expect((1...6).allSatisfy { !scene.desk.serves($0) })
    }
}
