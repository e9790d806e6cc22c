import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct SwarmCodingTests {
    private static let group: UInt64 = 1 << 20

    /// A core that fetches the only file of `sample` from session 2, to which a group comes each
    /// `pause`; the blob and the last effects.
    private func fetching(
        _ sample: Sample, suffix: String = "safetensors", pause: UInt64 = 100 * Span.millisecond,
        features: UInt64 = Introduction.codedGroups, held: [HeldLayer] = [], groups: Int = 6
    ) throws -> (driver: Driver, blob: Digest, asked: [GroupRequest]) {
        var driver = Driver()
        for layer in held { driver.feed(.layerHeld(layer)) }
        driver.open(2, 2)
        driver.introduce(2, features: features)
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        var effects = driver.serve(blob, of: sample, from: [2])
        effects += driver.hear(2, .seekers(layer: sample.id, []))
        var asked = effects.requests.map(\.request)
        for number in 0..<groups where number < asked.count {
            driver.time += pause
            effects = driver.feed(
                .groupStored(2, request: asked[number].request, byteCount: Self.group))
            asked += effects.requests.map(\.request)
        }
        return (driver, blob, asked)
    }

    @Test func `weights are asked for coded once the line is known to be slow`() throws {
        let sample = try Sample(groups: [40], suffix: "safetensors")
        let (_, _, asked) = try fetching(sample)
        #expect(asked[0].accepts == nil && asked[1].accepts == nil, "nothing is known")
        #expect(asked.last?.accepts == AcceptedCodings())
    }

    @Test func `fast lines, other files and older peers are asked for what is`() throws {
        let weights = try Sample(groups: [40], suffix: "safetensors")
        let fast = try fetching(weights, pause: 5 * Span.millisecond, groups: 30)
        #expect(fast.asked.count > 30 && fast.asked.allSatisfy { $0.accepts == nil })
        let other = try fetching(try Sample(groups: [40]))
        #expect(other.asked.count > 6 && other.asked.allSatisfy { $0.accepts == nil })
        let old = try fetching(weights, features: Introduction.neighbours)
        #expect(old.asked.count > 6 && old.asked.allSatisfy { $0.accepts == nil })
    }

    @Test func `a parent that is here and announced to everyone is named`() throws {
        let base = try Sample(name: "base", groups: [30], suffix: "safetensors")
        let tuned = try Sample(
            name: "tuned", groups: [40], suffix: "safetensors", parents: [base.id])
        let file = try #require(base.files.keys.first)
        let held = base.held
        for visibility in [Visibility.private, .whitelist] {
            var quiet = held
            quiet.policy.visibility = visibility
            let silent = try fetching(tuned, held: [quiet])
            #expect(silent.asked.last?.accepts == AcceptedCodings(), "it would tell what is here")
        }
        let (_, _, asked) = try fetching(tuned, held: [held])
        #expect(
            asked.last?.accepts?.parents == .init(layer: base.id, blobs: [file]))
        // What gains by a parent is asked for so over faster lines too.
        let local = try fetching(tuned, pause: 10 * Span.millisecond, held: [held], groups: 30)
        #expect(local.asked.last?.accepts?.parents != nil)
        let alone = try fetching(
            try Sample(groups: [40], suffix: "safetensors"), pause: 10 * Span.millisecond,
            groups: 30)
        #expect(alone.asked.last?.accepts == nil)
    }

    @Test func `a group that cannot be read is asked for as it is, and nobody is blamed`() throws {
        let base = try Sample(name: "base", groups: [30], suffix: "safetensors")
        let held = base.held
        let tuned = try Sample(
            name: "tuned", groups: [40], suffix: "safetensors", parents: [base.id])
        var (driver, blob, asked) = try fetching(tuned, held: [held])
        var failed: Set<UInt64> = []
        for round in 0..<CodingLimits.faultsMax {
            let last = try #require(asked.last { $0.accepts?.parents != nil })
            #expect(!failed.contains(last.group))
            failed.insert(last.group)
            let effects = driver.feed(.groupUnreadable(2, request: last.request))
            let again = try #require(
                effects.requests.map(\.request).first { $0.group == last.group }, "\(round)")
            #expect(again.accepts == nil)
            asked += effects.requests.map(\.request)
            for (number, pending) in driver.core.requests.entries.prefix(1) {
                #expect(pending.blob == blob)
                driver.time += 100 * Span.millisecond
                asked += driver.feed(.groupStored(2, request: number, byteCount: Self.group))
                    .requests.map(\.request)
            }
        }
        #expect(driver.core.bans[Driver.key(2).publicKey] == nil)
        #expect(driver.core.fetches[1]?.faults.isEmpty == true)
        // The copies of the parent seem to differ: no more steps from it.
        driver.time += 100 * Span.millisecond
        let number = try #require(driver.core.requests.entries.first?.key)
        let next = driver.feed(.groupStored(2, request: number, byteCount: Self.group))
        #expect(next.requests.allSatisfy { $0.request.accepts?.parents == nil })
    }

    @Test func `what came over the line is counted, and bytes of the layer beside it`() throws {
        var (driver, _, asked) = try fetching(try Sample(groups: [40], suffix: "safetensors"))
        let before = try #require(driver.core.sessions[2]?.received)
        let number = try #require(asked.last?.request)
        driver.time += 100 * Span.millisecond
        driver.feed(.groupStored(2, request: number, byteCount: Self.group, wire: 700_000))
        #expect(driver.core.sessions[2]?.received == before + 700_000)
        let status = try #require(driver.core.fetches[1]?.status)
        #expect(status.received == 7 * Self.group && status.wire == before + 700_000)
    }

    // MARK: The other side

    private func served(_ effects: [Effect]) -> GroupRequest? {
        for case .serveGroup(_, let request) in effects { return request }
        return nil
    }

    @Test func `steps from a parent are told only to whom the parent may be given`() throws {
        let open = try Sample(by: 1, name: "open", suffix: "safetensors")
        let secret = try Sample(by: 1, name: "secret", visibility: .private, suffix: "safetensors")
        let tuned = try Sample(by: 1, name: "tuned", suffix: "safetensors")
        let blob = try #require(tuned.files.keys.first)
        var answers: [AcceptedCodings?] = []
        for (number, parent) in [(1, open), (2, secret), (3, nil)] as [(UInt64, Sample?)] {
            var driver = Driver()
            for sample in [open, secret, tuned] { driver.feed(.layerHeld(sample.held)) }
            driver.open(1, 2)
            let named = parent ?? tuned
            let parents = AcceptedCodings.Parents(
                layer: parent?.id ?? Blake3.hash([1]), blobs: [named.files.keys.first ?? blob])
            let request = GroupRequest(
                request: number, layer: tuned.id, blob: blob, group: 0,
                accepts: AcceptedCodings(parents: parents))
            answers.append(try #require(served(driver.hear(1, .get(request)))).accepts)
        }
        #expect(answers[0]?.parents?.layer == open.id)
        #expect(answers[1] == AcceptedCodings() && answers[2] == AcceptedCodings())
    }

    @Test func `parts of a group leave as they are`() throws {
        let sample = try Sample(by: 1, suffix: "safetensors")
        let blob = try #require(sample.files.keys.first)
        var driver = Driver()
        driver.feed(.layerHeld(sample.held))
        driver.open(1, 2)
        let whole = GroupRequest(
            request: 1, layer: sample.id, blob: blob, group: 0, accepts: AcceptedCodings())
        var bytes = Message.get(whole).bytes
        bytes[bytes.count - 3] = 2
        bytes[bytes.count - 2] = 1
        bytes[1] = 2
        let part = try Message(bytes: bytes)
        #expect(served(driver.hear(1, .get(whole)))?.accepts == AcceptedCodings())
        #expect(served(driver.hear(1, part))?.accepts == nil)
    }
}
