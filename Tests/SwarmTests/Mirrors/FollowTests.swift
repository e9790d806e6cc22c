import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct FollowTests {
    private let key = Driver.key(9).publicKey

    @Test func `each has words that are read back`() {
        let all: [Follow] = [
            .layer(Blake3.hash([1])), .name(key, "poems"), .publisher(key), .tag("old poems"),
            .organization(key),
        ]
        for follow in all { #expect(Follow(follow.text) == follow) }
        for text in [
            "", "poems", "publisher:", "publisher:abc", "tag:", "layer:12", "name:\(key.base32)",
            "name:\(key.base32)/", "everything:x", "tag:" + String(repeating: "t", count: 25),
            "tag:a\u{1b}b",
        ] {
            #expect(Follow(text) == nil, "\(text)")
        }
    }

    @Test func `it covers what it names and nothing else`() {
        let sample = MirrorSample()
        let layer = sample.layer(name: "poems", tags: ["verse"])
        #expect(Follow.layer(layer.content.layer).covers(layer))
        #expect(Follow.name(sample.publisher, "poems").covers(layer))
        #expect(Follow.publisher(sample.publisher).covers(layer))
        #expect(Follow.tag("verse").covers(layer))
        for follow in [
            Follow.layer(Blake3.hash([2])), .name(sample.publisher, "poem"), .name(key, "poems"),
            .publisher(key), .tag("vers"), .organization(key),
        ] {
            #expect(!follow.covers(layer), "\(follow.text)")
        }
        let shared = DescribedLayer(
            content: layer.content, publisher: sample.publisher, organization: key)
        #expect(Follow.organization(key).covers(shared))
    }

    @Test func `a layer has the marks of all that covers it, and an organisation has none`() {
        let sample = MirrorSample()
        let layer = sample.layer(name: "poems", tags: ["verse"])
        let marks = Follow.marks(of: layer)
        #expect(marks.count == 4)
        for follow in [
            Follow.layer(layer.content.layer), .name(sample.publisher, "poems"),
            .publisher(sample.publisher), .tag("verse"),
        ] {
            #expect(follow.mark.map { marks.contains($0) } == true)
        }
        #expect(Follow.organization(key).mark == nil)
        #expect(Follow.holdMark(for: key) != Follow.holdMark(for: nil))
        #expect(!marks.contains(Follow.holdMark(for: sample.publisher)))
    }
}
