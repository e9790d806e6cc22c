import Testing

@testable import Node

@Suite("Sizes for people")
struct SizesTests {
    @Test(
        "have three digits and a unit",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1_000, "1.00 kB"), (1_234, "1.23 kB"), (1_235, "1.24 kB"),
            (45_600, "45.6 kB"), (789_000, "789 kB"), (999_500, "1.00 MB"), (999_499, "999 kB"),
            (1_500_000_000, "1.50 GB"), (UInt64.max, "18.4 EB"), (9_995, "10.0 kB"),
            (99_950, "100 kB"),
        ] as [(UInt64, String)])
    func sizes(_ bytes: UInt64, _ text: String) {
        #expect(Sizes.text(bytes) == text)
    }

    @Test("rates pause when nothing moves")
    func rates() {
        #expect(Sizes.rate(bytes: 2_000_000, seconds: 2) == "1.00 MB/s")
        #expect(Sizes.rate(bytes: 0, seconds: 2) == "–")
        #expect(Sizes.rate(bytes: 5, seconds: 0) == "–")
    }
}
