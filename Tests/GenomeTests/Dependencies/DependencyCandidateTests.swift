import Testing

@testable import Genome

@Suite("A layer that a dependency may mean")
struct DependencyCandidateTests {
    @Test func `is meant by its id, or by place and range`() throws {
        let manifest = try Fixtures.manifest()
        let candidate = DependencyCandidate(manifest)
        let place = LayerPlace(publisher: manifest.publisher, name: "notes")
        let other = LayerPlace(publisher: manifest.publisher, name: "others")
        let any = try #require(VersionRange("*"))
        let later = try #require(VersionRange("^2"))
        #expect(candidate.isMeant(by: .layer(manifest.layer)))
        #expect(!candidate.isMeant(by: .layer(Fixtures.digest(1))))
        #expect(candidate.isMeant(by: .named(place, any)))
        #expect(!candidate.isMeant(by: .named(place, later)))
        #expect(!candidate.isMeant(by: .named(other, any)))
        #expect(candidate.title == manifest.reference.description)
    }
}
