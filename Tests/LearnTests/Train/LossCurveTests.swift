import Testing

@testable import Learn

@Suite("The picture of losses")
struct LossCurveTests {
    private func places(_ svg: String) -> [(x: Double, y: Double)] {
        guard let start = svg.firstRange(of: "points=\""),
            let end = svg[start.upperBound...].firstIndex(of: "\"")
        else { return [] }
        let numbers = svg[start.upperBound..<end].split(separator: " ").compactMap { Double($0) }
        return stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
    }

    @Test("falls as the loss falls and stays inside its frame")
    func falls() {
        let points = (0..<50).map { ($0, 5 / Double($0 + 1)) }
        let svg = LossCurve.svg(title: "a < b & c", steps: points, judged: [(25, 1), (50, 0.5)])
        #expect(svg.contains("a &lt; b &amp; c") && !svg.contains("a < b"))
        let drawn = places(svg)
        #expect(drawn.count == 50)
        #expect(zip(drawn, drawn.dropFirst()).allSatisfy { $0.x < $1.x && $0.y < $1.y })
        #expect(drawn.allSatisfy { (56...704).contains($0.x) && (34...280).contains($0.y) })
        #expect(svg.components(of: "<circle").count == 3)
        #expect(!svg.contains("http://") || svg.contains("http://www.w3.org/2000/svg"))
    }

    @Test("draws one loss, equal losses and very many")
    func extremes() {
        #expect(places(LossCurve.svg(title: "t", steps: [(0, 3)], judged: [])).count == 1)
        let flat = LossCurve.svg(title: "t", steps: [(0, 3), (1, 3), (2, 3)], judged: [])
        #expect(Set(places(flat).map(\.y)).count == 1)
        let many = (0..<100_000).map { ($0, 2.0) }
        let count = places(LossCurve.svg(title: "t", steps: many, judged: [])).count
        #expect((300...600).contains(count))
        let wild = LossCurve.svg(title: "t", steps: [(0, 1e9), (1, 1e-9)], judged: [])
        #expect(places(wild).allSatisfy { (34...280).contains($0.y) })
    }
}

extension String {
    fileprivate func components(of mark: String) -> [Range<String.Index>] { ranges(of: mark) }
}
