import Testing

@testable import Node

@Suite("Numbers with decimals")
struct DecimalsTests {
    @Test func `are rounded to so many decimals`() {
        #expect(Decimals.text(3.14159, 4) == "3.1416" && Decimals.text(0.05, 1) == "0.1")
        #expect(Decimals.text(2, 2) == "2.00" && Decimals.text(0, 1) == "0.0")
        #expect(Decimals.text(-1.25, 2) == "-1.25" && Decimals.text(-0.001, 2) == "0.00")
        #expect(Decimals.text(12.5, 0) == "13" && Decimals.percent(0.125) == "12.5 %")
    }

    @Test func `are shown as they are when they are too large or none`() {
        #expect(Decimals.text(.infinity, 2) == "inf" && Decimals.text(.nan, 2) == "nan")
        #expect(Decimals.text(1e300, 2) == "1e+300")
    }
}
