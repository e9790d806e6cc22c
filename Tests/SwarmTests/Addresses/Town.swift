import Wire

@testable import Swarm

/// A core among nodes that answer its dials, accept it as a neighbour and have equal catalogues.
struct Town {
    var driver: Driver
    /// Seeds of nodes that answer, at addresses of networks of their own.
    var inhabitants: ClosedRange<UInt8> = 20...80
    /// Whom the core dialled, in order.
    private(set) var dialled: [NodeKey] = []
    /// Sessions that it closed, with the reason.
    private(set) var closed: [(session: SessionNumber, reason: String)] = []
    /// What it wanted kept.
    private(set) var kept: [[UInt8]] = []
    private var nextSession: SessionNumber = 1000

    init(_ driver: Driver = Driver()) { self.driver = driver }

    static func address(_ seed: UInt8) -> Endpoint { Driver.address(seed, [seed, 9, 9]) }

    static func peer(_ seed: UInt8) -> PeerAddress {
        PeerAddress(key: Driver.key(seed).publicKey, endpoints: [address(seed)])
    }

    /// A first peer tells of all inhabitants and goes.
    mutating func hearOfAll() throws {
        react(driver.open(1, 2))
        let records = try inhabitants.map { seed in
            try Driver.record(seed, Driver.node([Self.address(seed)]))
        }
        react(driver.take(records, from: 1))
        react(driver.feed(.sessionClosed(1, reason: "gone")))
    }

    /// Lets time pass, second by second; sessions talk meanwhile.
    mutating func pass(seconds: Int) {
        for second in 0..<seconds {
            react(driver.pass(Span.second))
            guard second % 10 == 0 else { continue }
            for (number, session) in driver.core.sessions.entries where session.isNeighbour {
                react(driver.hear(number, .pong(0)))
            }
        }
    }

    /// Carries out what the core wants, as the world would.
    mutating func react(_ effects: [Effect]) {
        var effects = effects
        while !effects.isEmpty {
            let effect = effects.removeFirst()
            switch effect {
            case .dial(let dial, _, let key): effects += answer(dial, key)
            case .send(let number, .neighbour(.ask)):
                effects += driver.hear(number, .neighbour(.accept))
            case .send(let number, .ping(let value)):
                if driver.core.sessions[number]?.isNeighbour == true {
                    effects += driver.hear(number, .pong(value))
                }
            case .close(let number, let reason):
                closed.append((number, reason))
                effects += driver.feed(.sessionClosed(number, reason: reason))
            case .keepAddresses(let bytes): kept.append(bytes)
            default: break
            }
        }
    }

    private mutating func answer(_ dial: UInt64, _ key: NodeKey?) -> [Effect] {
        guard let key else { return [] }
        dialled.append(key)
        guard let seed = inhabitants.first(where: { Driver.key($0).publicKey == key }) else {
            return driver.feed(.dialFailed(dial: dial, reason: "nobody answers"))
        }
        nextSession += 1
        let number = nextSession
        let opened = driver.open(
            number, seed, isInitiator: true, dial: dial, from: Self.address(seed))
        return opened + driver.introduce(number, endpoints: [Self.address(seed)])
    }

    /// Keys of the neighbours that the core chose.
    var chosen: [NodeKey] {
        driver.core.sessions.values.filter { $0.isNeighbour && $0.facts.isInitiator }
            .map(\.facts.peer)
    }

    /// The session with a key.
    func session(with key: NodeKey) -> SessionNumber? {
        driver.core.sessions.entries.first { $0.value.facts.peer == key }?.key
    }
}
