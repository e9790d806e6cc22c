import Testing

@testable import Wire

@Suite struct MerkleFrontierTests {
    @Test func `roots are those that another program computes`() throws {
        let vectors = try ChallengeVectors()
        let roots = try #require(vectors.object["roots"] as? [String])
        var frontier = MerkleFrontier()
        #expect(frontier.root.hexadecimal == roots[0])
        for (number, item) in vectors.cases.enumerated() {
            frontier.append(try item.bytes("receipt"))
            #expect(frontier.root.hexadecimal == roots[number + 1])
            #expect(frontier.count == UInt64(number + 1))
        }
    }
}
