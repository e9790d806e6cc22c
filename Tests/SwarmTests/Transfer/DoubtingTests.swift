import Genome
import Testing

@testable import Swarm
@testable import Wire

/// Bytes that do not match: who is left alone, and when this machine is examined.
@Suite struct DoubtingTests {
    /// A fetch of one file of four groups from peers 2 and 3; 2 has sent a group wrong.
    private struct Case {
        var driver: Driver
        let blob: Digest
        let group: UInt64
        var effects: [Effect]

        init() throws {
            let sample = try Sample(groups: [4])
            driver = Driver()
            for seed: UInt8 in [2, 3] { driver.open(UInt64(seed), seed) }
            _ = driver.describe(sample, from: [2, 3], seeds: [2, 3])
            blob = try #require(sample.files.keys.first)
            effects = driver.serve(blob, of: sample, from: [2, 3], knowsLayer: true)
            let bad = try #require(effects.requests.first { $0.session == 2 })
            group = bad.request.group
            effects = driver.feed(.groupRefuted(2, request: bad.request.request))
        }

        /// The other peer sends the same group wrong.
        mutating func refuteAgain() throws {
            for _ in 0..<8 {
                for (number, pending) in driver.core.requests.entries {
                    guard pending.group == group else {
                        _ = driver.feed(
                            .groupStored(3, request: number, byteCount: 1 << 20))
                        continue
                    }
                    effects = driver.feed(.groupRefuted(3, request: number))
                    return
                }
            }
            Issue.record("the group is not asked of the other peer")
        }

        var examined: [Digest] {
            effects.compactMap { if case .examineSelf(let blob) = $0 { blob } else { nil } }
        }
    }

    @Test func `one peer that sends a group wrong is left alone, nobody is examined`() throws {
        let first = try Case()
        #expect(first.driver.core.bans[Driver.key(2).publicKey] != nil)
        #expect(first.examined.isEmpty)
    }

    @Test func `two that send the same group wrong have this machine examined, once`() throws {
        var both = try Case()
        try both.refuteAgain()
        #expect(both.examined == [both.blob])
        // Nothing is given up before it is known who errs.
        var effects = both.driver.pass(Span.second)
        #expect(effects.phase(of: 1).map(\.isEnd) != true)
        effects = both.driver.feed(.selfExamined(blob: both.blob, isSound: true))
        effects += both.driver.pass(Span.second)
        guard case .failed(.corrupt(let faults))? = effects.phase(of: 1) else {
            Issue.record("it goes on")
            return
        }
        #expect(faults.map(\.node) == [Driver.key(2).publicKey, Driver.key(3).publicKey])
        #expect(both.driver.core.bans.entries.count == 2)
    }

    @Test func `a machine that errs blames nobody and takes nothing more in`() throws {
        var both = try Case()
        try both.refuteAgain()
        let effects = both.driver.feed(.selfExamined(blob: both.blob, isSound: false))
        guard case .failed(.store(let problem))? = effects.phase(of: 1) else {
            Issue.record("it goes on")
            return
        }
        #expect(problem.kind == .internal && problem.reason.contains("memory or processor"))
        #expect(both.driver.core.bans.isEmpty)
    }

    @Test func `whom the owner forgives is asked again`() throws {
        var first = try Case()
        let peer = Driver.key(2).publicKey
        _ = first.driver.feed(.forgive(peer))
        #expect(first.driver.core.bans.isEmpty)
        #expect(first.driver.core.isUsable(2))
        let effects = first.driver.feed(.forgive(Driver.key(9).publicKey))
        #expect(effects.isEmpty)
    }
}
