import Genome
import Testing

@testable import Node

extension RealNodes {
    @Suite("A bench of newcomers", .serialized)
    struct NewcomerBenchTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        @Test func `meets nodes that have records, asks them and takes all`() throws {
            let outcome = try laboratory.node("bench").spawn([
                "bench", "newcomer", "--json", "--rows", "3000", "--nodes", "2",
            ]).wait(seconds: 120)
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            let rows = try #require(outcome.json["rows"]?.array)
            #expect(rows.count == 6)
            #expect(rows.allSatisfy { $0["figure"]?.number ?? 0 > 0 })
        }
    }
}
