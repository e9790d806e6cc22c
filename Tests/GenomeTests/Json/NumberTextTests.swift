import Genome
import Testing

@Suite("Numbers as text")
struct NumberTextTests {
    /// RFC 8785 appendix B, and the thresholds of ECMA-262.
    @Test(
        "doubles are written as ECMAScript writes them",
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"), (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"), (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"), (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func writesDoubles(_ bits: UInt64, _ text: String) {
        #expect(NumberText.ecmaScript(Double(bitPattern: bits)) == text)
    }

    @Test("every double reads back as itself")
    func readsBack() {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            guard value.isFinite else { continue }
            #expect(Double(NumberText.ecmaScript(value)) == value)
        }
    }

    @Test(
        "decimals have one form",
        arguments: [
            ("0", true), ("16", true), ("-1.5", true), ("0.05", true), ("00", false),
            ("1.0", false),
            ("1.", false), (".5", false), ("-0", false), ("1e5", false), ("", false), ("-", false),
            ("+1", false), ("0.10", false),
        ])
    func decimalForm(_ text: String, _ isDecimal: Bool) {
        #expect(NumberText.isDecimal(text) == isDecimal, "\(text)")
    }

    @Test(
        "a double becomes a decimal without exponent",
        arguments: [
            (16.0, "16"), (0.05, "0.05"), (1e-5, "0.00001"), (-2.5, "-2.5"), (0, "0"),
            (1e22, "10000000000000000000000"),
        ])
    func decimals(_ value: Double, _ text: String) {
        #expect(NumberText.decimal(of: value) == text)
        #expect(NumberText.isDecimal(text))
    }

    @Test("what has no short decimal has none")
    func noDecimal() {
        #expect(NumberText.decimal(of: .infinity) == nil)
        #expect(NumberText.decimal(of: 1e300) == nil)
    }
}
