import Genome
import Testing
import Wire

@testable import Swarm

/// Whether what named keys were told still stands.
@Suite struct GrantsTests {
    /// A publisher's layer for the key of seed 2.
    private static func held(by seed: UInt8 = 1) throws -> (sample: Sample, held: HeldLayer) {
        let sample = try Sample(by: seed, visibility: .whitelist)
        var held = sample.held
        held.take([try Sample.grant(sample.id, to: 2, by: seed)])
        return (sample, held)
    }

    private func asked(_ effects: [Effect]) -> [Digest]? {
        effects.sent(to: 1).lazy.compactMap {
            if case .grantQuestion(let layers) = $0 { layers } else { nil }
        }.first
    }

    private func answer(_ effects: [Effect]) -> [Digest]? {
        effects.sent(to: 1).lazy.compactMap {
            if case .grantAnswer(let layers) = $0 { layers } else { nil }
        }.first
    }

    private func forgotten(_ effects: [Effect]) -> [Digest] {
        effects.flatMap { effect -> [Digest] in
            if case .forgetGranted(let layers, Driver.key(1).publicKey) = effect {
                layers
            } else {
                []
            }
        }
    }

    @Test func `what a peer told is looked up once, when both have shown who they are`() throws {
        var driver = Driver(2)
        driver.open(1, 1)
        func lookups(_ effects: [Effect]) -> Int {
            effects.count {
                if case .findGranted(1, Driver.key(1).publicKey) = $0 { true } else { false }
            }
        }
        #expect(lookups(driver.pass(SwarmLimits.grantsPause - Span.second)) == 0)
        #expect(lookups(driver.pass(3 * Span.second)) == 1)
        #expect(lookups(driver.pass(20 * Span.second)) == 0)
        let layers = [Digest(words: (1, 2, 3, 4)), Digest(words: (5, 6, 7, 8))]
        #expect(asked(driver.feed(.grantedFound(1, layers))) == layers)
        #expect(asked(driver.feed(.grantedFound(1, layers))) == nil, "it was asked that already")
        #expect(forgotten(driver.hear(1, .grantAnswer([layers[1]]))) == [layers[1]])
        #expect(driver.core.sessions[1]?.faults == 0)
        #expect(forgotten(driver.hear(1, .grantAnswer([layers[0]]))).isEmpty)
        #expect(driver.core.sessions[1]?.faults == 1, "nobody asked")
    }

    @Test func `a publisher says what is not for the caller, as if it were not here`() throws {
        let (sample, held) = try Self.held()
        let absent = Digest(words: (9, 9, 9, 9))
        var publisher = Driver(1)
        publisher.feed(.layerHeld(held))
        for (seed, ended) in [(UInt8(2), [absent]), (3, [sample.id, absent])] {
            publisher.open(1, seed)
            #expect(answer(publisher.hear(1, .grantQuestion([sample.id, absent]))) == ended)
            publisher.feed(.sessionClosed(1, reason: "gone"))
        }
        var revoked = held
        revoked.take([try Sample.grant(sample.id, to: 2, sequence: 2, isRevoked: true)])
        publisher.feed(.layerHeld(revoked))
        publisher.open(1, 2)
        #expect(answer(publisher.hear(1, .grantQuestion([sample.id]))) == [sample.id])
        publisher.feed(.layerHeld(held))
        publisher.feed(.layerRemoved(sample.id))
        #expect(answer(publisher.hear(1, .grantQuestion([sample.id]))) == [sample.id])
    }

    @Test func `who hears that a grant is taken back asks at once`() throws {
        let (sample, _) = try Self.held()
        var driver = Driver(2)
        driver.open(1, 1)
        let given = driver.hear(1, .statement(try Sample.grant(sample.id, to: 2).envelope))
        #expect(asked(given) == nil)
        let taken = driver.hear(
            1, .statement(try Sample.grant(sample.id, to: 2, sequence: 2, isRevoked: true).envelope)
        )
        #expect(asked(taken) == [sample.id])
    }

    @Test func `who floods with such questions is sent away before they cost much`() throws {
        var publisher = Driver(1)
        publisher.open(1, 3)
        let many = (0..<UInt64(Message.grantsMax)).map { Digest(words: ($0, 2, 3, 4)) }
        var answers = 0
        for _ in 0..<400 where publisher.core.sessions[1]?.isClosing == false {
            if answer(publisher.hear(1, .grantQuestion(many))) != nil { answers += 1 }
        }
        #expect(publisher.core.sessions[1]?.isClosing == true && answers <= 128)
    }
}
