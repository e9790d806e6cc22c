import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct AcceptingTests {
    private static let licence = "LicenseRef-Llama-3.1"

    private func acceptance(
        _ layer: Digest, by seed: UInt8, licence: String = licence, expires: Int64? = nil
    ) throws -> [UInt8] {
        let key = Driver.key(seed)
        var body = JSONObject()
        body["licence"] = .string(licence)
        return try Statement.make(
            kind: .acceptance, layer: layer, publisher: key.publicKey, sequence: 1,
            issued: 1_700_000_000, expires: expires, body: body
        ).signed(by: key).encode()
    }

    private func holder(_ sample: Sample) -> Driver {
        var driver = Driver()
        driver.feed(.layerHeld(sample.held))
        driver.open(1, 2)
        return driver
    }

    private func isServed(_ driver: inout Driver, _ sample: Sample) throws -> Bool {
        let blob = try #require(sample.files.keys.first)
        let words = driver.hear(1, .open(layer: sample.id, blob: blob)).sent(to: 1)
        return words == [.holding(Holding(layer: sample.id, blob: blob, extent: .complete))]
    }

    @Test func `bytes go to whoever accepted the terms, the manifest before`() throws {
        let sample = try Sample(by: 1, licence: Self.licence)
        var driver = holder(sample)
        #expect(try !isServed(&driver, sample))
        #expect(
            driver.hear(1, .envelopeRequest(layer: sample.id)).sent(to: 1)
                == [.envelope(layer: sample.id, bytes: sample.envelope)])
        #expect(
            driver.hear(1, .open(layer: sample.id, blob: sample.id)).sent(to: 1)
                == [.holding(Holding(layer: sample.id, blob: sample.id, extent: .complete))])
        let word = try acceptance(sample.id, by: 2)
        let effects = driver.hear(1, .statement(word))
        guard case .keepStatement(word)? = effects.first, effects.count == 1 else {
            Issue.record("the word is not kept: \(effects)")
            return
        }
        #expect(try isServed(&driver, sample))
        // Once is enough, and for nobody else.
        #expect(driver.hear(1, .statement(word)).isEmpty)
        driver.open(2, 3)
        let blob = try #require(sample.files.keys.first)
        #expect(
            driver.hear(2, .open(layer: sample.id, blob: blob)).sent(to: 2)
                == [.holding(Holding(layer: sample.id, blob: blob, extent: .none))])
    }

    @Test func `words about other terms, other layers or in other names open nothing`() throws {
        let sample = try Sample(by: 1, licence: Self.licence)
        let secret = try Sample(
            by: 1, name: "secret", visibility: .private, licence: Self.licence)
        var driver = holder(sample)
        driver.feed(.layerHeld(secret.held))
        // No answer tells a layer that may not be known of from one that is not here.
        for word in [
            try acceptance(sample.id, by: 2, licence: "MIT"),
            try acceptance(sample.id, by: 2, expires: 1_700_000_001),
            try acceptance(secret.id, by: 2), try acceptance(Blake3.hash([9]), by: 2),
        ] {
            #expect(driver.hear(1, .statement(word)).isEmpty)
        }
        #expect(driver.core.sessions[1]?.faults == 0)
        var forged = try acceptance(sample.id, by: 2)
        forged[forged.count / 2] ^= 1
        for word in [try acceptance(sample.id, by: 3), forged, []] {
            driver.hear(1, .statement(word))
        }
        #expect(driver.core.sessions[1]?.faults == 3)
        #expect(try !isServed(&driver, sample))
        #expect(driver.core.held[sample.id]?.policy.acceptances.isEmpty == true)
        #expect(driver.core.held[secret.id]?.policy.acceptances.isEmpty == true)
    }

    @Test func `more statements than there is reason for are a fault`() throws {
        let sample = try Sample(by: 1, licence: Self.licence)
        var driver = holder(sample)
        let word = try acceptance(sample.id, by: 2)
        for _ in 0..<SwarmLimits.statementsPerSessionMax { driver.hear(1, .statement(word)) }
        #expect(driver.core.sessions[1]?.faults == 0)
        driver.hear(1, .statement(word))
        #expect(driver.core.sessions[1]?.faults == 1)
    }

    @Test func `a fetch tells each source once, before it asks`() throws {
        let sample = try Sample(by: 2, licence: Self.licence)
        var driver = Driver()
        let word = try acceptance(sample.id, by: 1)
        driver.open(1, 2)
        driver.feed(.fetch(1, FetchRequest(layer: sample.id, acceptance: word)))
        let words = driver.feed(.holdersFound(1, sample.holders([2]))).sent(to: 1)
        #expect(words.prefix(2) == [.statement(word), .envelopeRequest(layer: sample.id)])
        let later =
            driver.hear(1, .envelope(layer: sample.id, bytes: sample.envelope))
            + driver.pass(Span.second)
        #expect(!later.sent(to: 1).contains(.statement(word)))
    }

    @Test func `what was kept counts after a restart`() throws {
        let sample = try Sample(by: 1, licence: Self.licence)
        var held = sample.held
        let envelope = try Envelope.decode(
            try acceptance(sample.id, by: 2), payloadMax: Limits.envelopeBytesMax)
        held.take([(try Statement.verified(in: envelope), envelope.encode())])
        var driver = Driver()
        driver.feed(.layerHeld(held))
        driver.open(1, 2)
        #expect(try isServed(&driver, sample))
    }
}
