import Testing

@testable import Learn

@Suite("Python's numbers")
struct PythonNumberTests {
    @Test(
        "are written as Python writes them",
        arguments: [
            (1.0, "1.0"), (0.1, "0.1"), (1e16, "1e+16"),
            (9_999_999_999_999_998, "9999999999999998.0"),
            (1e15, "1000000000000000.0"), (123_456_789_012_345_680, "1.2345678901234568e+17"),
            (1e-4, "0.0001"), (1e-5, "1e-05"), (1.5e-7, "1.5e-07"), (1e100, "1e+100"),
            (-2.5, "-2.5"), (-0.0, "-0.0"), (.infinity, "inf"), (.nan, "nan"), (1e22, "1e+22"),
            (.leastNonzeroMagnitude, "5e-324"), (-1e16, "-1e+16"), (0.00012, "0.00012"),
        ])
    func text(value: Double, text: String) { #expect(PythonNumber.text(value) == text) }

    @Test("are read as Python reads them")
    func reading() {
        #expect(PythonNumber.integer(" -1_000 ") == -1_000)
        #expect(PythonNumber.integer("0xff", base: 16) == 255)
        for text in ["", "1.0", "_1", "1_", "1__0", "--1", "1 2"] {
            #expect(PythonNumber.integer(text) == nil)
        }
        #expect(PythonNumber.float(" 1e3 ") == 1_000 && PythonNumber.float(".5") == 0.5)
        #expect(PythonNumber.float("-inf") == -.infinity && PythonNumber.float("5.") == 5)
        for text in ["", "x", "0x1p3", "1e", "nanx"] { #expect(PythonNumber.float(text) == nil) }
    }

    @Test("are rounded by their exact value")
    func rounding() {
        #expect(PythonNumber.rounded(2.5, places: 0) == 2)
        #expect(PythonNumber.rounded(3.5, places: 0) == 4)
        #expect(PythonNumber.rounded(-2.5, places: 0) == -2)
        #expect(PythonNumber.rounded(2.675, places: 2) == 2.67)
        #expect(PythonNumber.rounded(1_250, places: -2) == 1_200)
        #expect(PythonNumber.fixed(2.675, places: 2) == "2.67")
        #expect(PythonNumber.fixed(-0.5, places: 0) == "-0")
        #expect(PythonNumber.fixed(1e300, places: 2) == nil)
    }

    @Test("divide towards minus infinity and have no division by zero")
    func dividing() {
        #expect(PythonNumber.divided(-7, 2)?.quotient == -4)
        #expect(PythonNumber.divided(-7, 2)?.remainder == 1)
        #expect(PythonNumber.divided(.min, -1) == nil)
        #expect(PythonNumber.divided(1, 0) == nil)
        #expect(PythonNumber.remainder(-7.5, 2) == 0.5)
        #expect(PythonNumber.power(2, -2) == 0.25)
        #expect(PythonNumber.power(2, 0.3) == nil)
    }
}
