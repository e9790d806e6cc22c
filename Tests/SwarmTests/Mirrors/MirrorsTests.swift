import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct MirrorsTests {
    private let sample = MirrorSample()
    private let gigabyte: UInt64 = 1 << 30

    private func taken(_ effects: [Effect]) -> [Digest] {
        effects.compactMap { if case .takeCopy(let layer) = $0 { layer } else { nil } }
    }

    /// A node that follows the sample's publisher and has read that there are these layers.
    private func begun(
        _ layers: [DescribedLayer], room: UInt64? = nil, kept: Set<Digest> = [],
        isAll: Bool = true
    ) -> (Driver, [Effect]) {
        var driver = Driver(1)
        var settings = MirrorSettings()
        settings.rules = [.init(.publisher(sample.publisher), isAll: isAll)]
        let effects = driver.feed(.mirroring(settings, room: room ?? gigabyte))
        let asks = effects.count { if case .surveyCopies = $0 { true } else { false } }
        #expect(asks == 1)
        let watched = layers.map {
            WatchedLayer(
                $0, sources: [sample.publisher], isKept: kept.contains($0.content.layer))
        }
        let found = driver.feed(
            .copiesSurveyed(
                CopySurvey(
                    layers: watched, nodes: Array(sample.nodes.values), room: room ?? gigabyte)))
        return (driver, found)
    }

    /// What a node says of itself.
    private func nodes(_ effects: [Effect]) throws -> [NodeContent] {
        try effects.compactMap { effect in
            guard case .signRecord(let unsigned) = effect,
                case .node(let node) = try unsigned.signed(
                    Driver.key(1).sign(unsigned.signingInput)
                ).content
            else { return nil }
            return node
        }
    }

    @Test func `nothing is mirrored that the owner did not name`() throws {
        var driver = Driver(1)
        var effects = driver.feed(.mirroring(MirrorSettings(), room: gigabyte))
        effects += driver.feed(.copiesSurveyed(CopySurvey(room: gigabyte)))
        effects += driver.pass(3_600 * 1_000_000_000)
        #expect(taken(effects).isEmpty)
        let nodes = try nodes(effects)
        #expect(!nodes.isEmpty && nodes.allSatisfy { $0.mirror == nil })
    }

    @Test func `a follower takes what it finds, four at a time, and says what it follows`() throws {
        let layers = (1...6).map { sample.layer($0) }
        var (driver, effects) = begun(layers)
        let first = taken(effects)
        #expect(first.count == MirrorLimits.takesMax)
        #expect(taken(driver.feed(.copyTaken(first[0], failure: nil))).count == 1)
        #expect(
            driver.core.copyFigures.first { $0.layer.content.layer == first[0] }?.state == .kept)
        let said = try nodes(driver.pass(2_000_000_000))
        #expect(said.last?.mirror?.marks == [try #require(Follow.publisher(sample.publisher).mark)])
        #expect(said.last?.mirror?.room == gigabyte)
    }

    @Test func `there is no copy without room, and one that fails has to wait`() {
        let (driver, effects) = begun([sample.layer()], room: 1_000_999)
        #expect(taken(effects).isEmpty)
        #expect(driver.core.copyFigures[0].state == .waiting(.room))
        var (other, begun) = begun([sample.layer()], room: 1_001_000)
        #expect(taken(begun).count == 1)
        let id = sample.layer().content.layer
        #expect(taken(other.feed(.copyTaken(id, failure: "nobody has it"))).isEmpty)
        #expect(other.core.copyFigures[0].state == .waiting(.failed("nobody has it")))
        #expect(taken(other.pass(9_000_000_000)).isEmpty)
        begun = other.pass(3_000_000_000)
        #expect(taken(begun) == [id])
    }

    @Test func `the owner's rules and the publisher's word keep a layer out`() {
        var driver = Driver(1)
        let rule = OwnerPolicy.Rule(.publisher(sample.publisher), [.mirror], allows: false)
        driver.feed(.owner(OwnerPolicy([rule])))
        var settings = MirrorSettings()
        settings.rules = [.init(.publisher(sample.publisher))]
        driver.feed(.mirroring(settings, room: gigabyte))
        var direct = sample.layer(2).content
        direct.isPeerToPeer = false
        let layers = [
            sample.layer(1), DescribedLayer(content: direct, publisher: sample.publisher),
        ].map { WatchedLayer($0, sources: [sample.publisher]) }
        let effects = driver.feed(
            .copiesSurveyed(CopySurvey(layers: layers, room: gigabyte)))
        #expect(taken(effects + driver.pass(60_000_000_000)).isEmpty)
        for figures in driver.core.copyFigures {
            guard case .waiting(.refused) = figures.state else {
                Issue.record("\(figures.state)")
                continue
            }
        }
        // A rule that comes later has what is kept fall to the cache.
        var (other, _) = begun([sample.layer()], kept: [sample.layer().content.layer])
        other.feed(.owner(OwnerPolicy([rule])))
        let released = other.pass(2_000_000_000).count {
            if case .releaseCopy = $0 { true } else { false }
        }
        #expect(released == 1)
    }

    @Test func `a batch is taken when the oldest has waited, or when it is large`() {
        var (driver, effects) = begun([sample.layer(1, pace: .batched)])
        #expect(taken(effects).isEmpty)
        #expect(driver.core.copyFigures[0].state == .waiting(.batch))
        #expect(taken(driver.pass(590_000_000_000)).isEmpty)
        #expect(taken(driver.pass(12_000_000_000)).count == 1)
        (driver, effects) = begun((1...8).map { sample.layer($0, pace: .batched) })
        #expect(taken(effects).count == MirrorLimits.takesMax)
    }

    @Test func `a record of a new version is enough`() throws {
        var (driver, _) = begun([])
        driver.open(1, 2)
        let key = Driver.key(100)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 5, issued: Driver.wallStart,
            expires: Driver.wallStart + 1_000_000, content: .layer(sample.layer().content))
        let record = try unsigned.signed(key.sign(unsigned.signingInput))
        let effects = driver.take([record], from: 1)
        #expect(taken(effects) == [] || taken(effects).count == 1)
        #expect(taken(effects + driver.pass(2_000_000_000)) == [sample.layer().content.layer])
    }

    @Test func `a publisher asks mirrors for sealed copies, and another when one refuses`() throws {
        var driver = Driver(100)
        driver.feed(.mirroring(MirrorSettings(), room: gigabyte))
        var nodes: [MirrorNode] = []
        for seed in [UInt8(1), 2, 3] {
            var content = NodeContent(
                endpoints: [Driver.address(1, [20, seed, 1])], services: [.catalogue])
            content.mirror = MirrorOffer(
                marks: [Follow.holdMark(for: seed == 3 ? nil : sample.publisher)], room: gigabyte)
            nodes.append(
                MirrorNode(MirrorSample.key(seed), content, issued: Driver.wallStart))
        }
        let layer = ConfidedLayer(
            layer: Blake3.hash([1]), publisher: sample.publisher, size: 1_000, copies: 2,
            contracts: [])
        let survey = CopySurvey(nodes: nodes, confided: [layer], room: gigabyte)
        func asked(_ effects: [Effect]) -> [NodeKey] {
            effects.compactMap { if case .askMirror(_, let mirror) = $0 { mirror } else { nil } }
        }
        let first = asked(driver.feed(.copiesSurveyed(survey)))
        #expect(first.count == 1)
        #expect(driver.core.sealedFigures[0].candidates == 3)
        #expect(driver.core.sealedFigures[0].missing == 1)
        driver.core.mirrorAnswered(first[0], .refused("no room"))
        // What is known is from before it was asked: nobody is asked on that.
        let between =
            driver.feed(.mirrorAsked(layer.layer, failure: nil)) + driver.pass(3_000_000_000)
        #expect(asked(between).isEmpty)
        #expect(between.contains { if case .surveyCopies = $0 { true } else { false } })
        let second = asked(driver.feed(.copiesSurveyed(survey)))
        #expect(second.count == 1 && second != first)
    }
}
