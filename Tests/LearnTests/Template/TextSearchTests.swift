import Testing

@testable import Learn

@Suite("A search in text")
struct TextSearchTests {
    @Test("finds every place, overlapping ones too")
    func places() {
        let bytes = Array("aabaabaaab".utf8)
        #expect(TextSearch("aab").findAll(in: bytes) == [0, 3, 7])
        #expect(TextSearch("aa").findAll(in: bytes) == [0, 3, 6, 7])
        #expect(TextSearch("aab").find(in: bytes, from: 1) == 3)
        #expect(TextSearch("x").find(in: bytes, from: 0) == nil)
        #expect(TextSearch("").find(in: bytes, from: 2) == 2)
        #expect(TextSearch("").findAll(in: []) == [0])
        #expect(TextSearch("aabx").find(in: bytes, from: 9) == nil)
    }

    @Test("agrees with a plain search on many small texts")
    func plain() {
        var state: UInt64 = 1
        func letters(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(97 + state >> 63)
            }
        }
        for round in 0..<2_000 {
            let bytes = letters(round % 17)
            let sought = letters(1 + round % 4)
            let plain = bytes.indices.filter { bytes[$0...].starts(with: sought) }
            #expect(TextSearch(String(decoding: sought, as: UTF8.self)).findAll(in: bytes) == plain)
        }
    }
}
