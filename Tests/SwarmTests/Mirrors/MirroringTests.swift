import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct MirroringTests {
    private let sample = MirrorSample()

    private func begun() -> Mirroring {
        var mirroring = Mirroring()
        mirroring.settings = sample.settings
        return mirroring
    }

    @Test func `records of what is followed are remembered, others are not`() {
        var mirroring = begun()
        let layer = sample.layer()
        mirroring.take(layer, by: sample.publisher, isSource: true)
        mirroring.take(layer, by: MirrorSample.key(2), isSource: false)
        let stranger = DescribedLayer(content: layer.content, publisher: MirrorSample.key(9))
        #expect(mirroring.copies.count == 1)
        var other = stranger.content
        other.layer = Blake3.hash([77])
        mirroring.take(
            DescribedLayer(content: other, publisher: MirrorSample.key(9)),
            by: MirrorSample.key(9), isSource: true)
        #expect(mirroring.copies.count == 1)
        let watched = mirroring.copies.values[0].watched
        #expect(watched.sources == [sample.publisher] && watched.holders == [MirrorSample.key(2)])
        mirroring.end(Slot(prefixOf: layer.content.layer), of: MirrorSample.key(2))
        #expect(mirroring.copies.values[0].watched.holders.isEmpty)
    }

    @Test func `a stranger's record about a layer changes nothing of it`() {
        var mirroring = begun()
        let layer = sample.layer()
        mirroring.take(layer, by: MirrorSample.key(2), isSource: false)
        mirroring.take(layer, by: sample.publisher, isSource: true)
        let stranger = MirrorSample.key(9)
        var content = layer.content
        content.spread = LayerSpread(pace: .manual, copies: 1)
        let forged = DescribedLayer(content: content, publisher: stranger)
        mirroring.take(forged, by: stranger, isSource: true)
        #expect(mirroring.copies.values[0].watched.layer.publisher == sample.publisher)
        #expect(mirroring.copies.values[0].watched.layer.content.spread?.copies == 3)
        #expect(mirroring.copies.values[0].watched.sources == [sample.publisher])
    }

    @Test func `of too many holders those stay that follow the layer`() {
        var mirroring = begun()
        mirroring.take(CopySurvey(nodes: Array(sample.nodes.values), room: 9))
        let layer = sample.layer()
        mirroring.take(layer, by: sample.publisher, isSource: true)
        for seed in UInt8(120)..<220 {
            mirroring.take(layer, by: MirrorSample.key(seed), isSource: false)
        }
        mirroring.take(layer, by: MirrorSample.key(3), isSource: false)
        let holders = mirroring.copies.values[0].watched.holders
        #expect(holders.count == MirrorLimits.holdersMax)
        #expect(holders.contains(MirrorSample.key(3)))
    }

    @Test func `a survey takes the place of what was known, but not of what is on its way`() {
        var mirroring = begun()
        mirroring.take(sample.layer(1), by: sample.publisher, isSource: true)
        mirroring.take(sample.layer(2), by: sample.publisher, isSource: true)
        _ = mirroring.copies.change(sample.layer(2).content.layer) { $0.isTaking = true }
        #expect(mirroring.taking == 1_001_000)
        mirroring.take(CopySurvey(nodes: Array(sample.nodes.values), room: 9))
        #expect(mirroring.copies.keys == [sample.layer(2).content.layer])
        #expect(mirroring.room == 9 && mirroring.nodes.count == sample.nodes.count)
    }

    @Test func `a copy that fails is tried again after pauses that double to an hour`() {
        var mirroring = begun()
        let layer = sample.layer()
        mirroring.take(layer, by: sample.publisher, isSource: true)
        var pauses: [UInt64] = []
        for _ in 0..<12 {
            mirroring.taken(layer.content.layer, failure: "no answer", at: 0)
            pauses.append(mirroring.copies.values[0].notBefore / 1_000_000_000)
        }
        #expect(pauses.prefix(4) == [10, 20, 40, 80])
        #expect(pauses.last == 3_600)
        mirroring.taken(layer.content.layer, failure: nil, at: 0)
        #expect(mirroring.copies.values[0].watched.isKept)
        #expect(mirroring.copies.values[0].failures == 0)
    }
}
