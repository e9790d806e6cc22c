import Genome
import Testing

@testable import Node

extension RealNodes {
    @Suite("A bench of discovery", .serialized)
    struct DiscoveryBenchTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        @Test func `finds a hundred differences in less than a list of ids`() throws {
            let outcome = try laboratory.node("bench").spawn([
                "bench", "discovery", "--json", "--rows", "3000",
            ]).wait(seconds: 120)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            #expect(rows.count == 11)
            let bytes = try #require(rows[0]["figure"]?.number)
            #expect(bytes > 2_000 && bytes < 4_500)
            #expect(try #require(rows[2]["figure"]?.number) < 100)
        }
    }
}
