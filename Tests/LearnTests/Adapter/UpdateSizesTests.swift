import Testing

@testable import Learn

@Suite struct UpdateSizesTests {
    private func sizes(_ directions: [Double]) -> UpdateSizes {
        UpdateSizes(
            sizes: directions.enumerated().map { index, direction in
                UpdateSizes.Size(path: "m\(index)", whole: direction * 1.5, direction: direction)
            })
    }

    @Test func `modules of one mind are not flagged`() {
        let sizes = sizes([0.01, 0.02, 0.03, 0.01, 0.05])
        #expect(!sizes.spectrum.isFlagged && !sizes.strength.isFlagged)
        #expect(sizes.spectrum.detail.contains("in one direction, most 0.05 in m4"))
        #expect(sizes.spectrum.figures.map(\.metric) == ["spectrum-mean", "spectrum-most"])
        #expect(abs(sizes.spectrum.figures[0].value - 0.024) < 1e-12)
    }

    @Test func `a module far above the others is flagged by name, and passes`() {
        let check = sizes([0.01, 0.02, 0.6, 0.01, 0.02]).spectrum
        #expect(check.isFlagged && check.isSound)
        #expect(check.detail.contains("FLAGGED: m2 stands out") && check.detail.contains("never"))
        // Too few modules have no others to lie above.
        #expect(!sizes([0.01, 0.5]).spectrum.isFlagged)
    }

    @Test func `a direction that outweighs every one of the weight is flagged without others`() {
        let many = sizes([1.5, 2, 3, 4, 5]).spectrum
        #expect(many.isFlagged && many.detail.contains("m4, m3, m2 and 2 more"))
        #expect(sizes([0.7, 0.1]).strength.isFlagged && !sizes([0.7, 0.1]).spectrum.isFlagged)
    }

    @Test func `nothing changed is no adapter, and no number is no size`() {
        #expect(!sizes([]).strength.isSound && !sizes([]).spectrum.isSound)
        #expect(!sizes([.infinity]).strength.isSound)
    }
}
