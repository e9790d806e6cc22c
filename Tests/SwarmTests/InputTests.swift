import Testing
import Wire

@testable import Swarm

@Suite struct InputTests {
    @Test func `answers to what nobody asked change nothing`() throws {
        var driver = Driver()
        let blob = Gossip.name([1])
        let inputs: [Input] = [
            .recordsVerified(batch: 7, isValid: [true]),
            .recordsStored(batch: 7, outcomes: [.fresh]),
            .identifiersListed(3, IdentifierPage(ids: [], isLast: true)),
            .identifiersMissing(3, [blob]), .recordsFound(3, [NewsSample.open([1])]),
            .holdersFound(4, LayerHolders(descriptions: [], holders: [])),
            .groupStored(3, request: 1, byteCount: 1), .groupRefuted(3, request: 1),
            .groupUnreadable(3, request: 1),
            .groupUnwritable(3, request: 1, reason: StoreProblem(.quota, "full")),
            .blobCompleted(blob: blob), .blobFailed(blob: blob, StoreProblem(.corrupt, "x")),
            .manifestRead(4, ReadManifest(bytes: [])),
            .adoptionFailed(4, StoreProblem(.internal, "x")),
            .served(3, request: 1, byteCount: 1), .pageServed(3), .cancelFetch(4),
            .dialFailed(dial: 8, reason: "x"), .sessionClosed(3, reason: "x"),
            .layerRemoved(blob), .message(3, .ping(1)),
        ]
        for input in inputs { #expect(driver.feed(input).isEmpty) }
    }

    @Test func `a blob that nobody waits for any more is let go`() {
        var driver = Driver()
        let blob = Gossip.name([1])
        #expect(driver.feed(.blobOpened(blob: blob, .complete)).released == [blob])
    }
}
