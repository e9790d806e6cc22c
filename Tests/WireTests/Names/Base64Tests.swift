import Testing
import Wire

@Suite("Base64")
struct Base64Tests {
    /// RFC 4648 §10.
    @Test(
        "agrees with RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func agrees(_ plain: String, _ text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test("reads the URL-safe alphabet and missing padding")
    func readsUrlSafe() {
        #expect(Base64.encode([0xfb, 0xff]) == "+/8=")
        #expect(Base64.decode("-_8=") == [0xfb, 0xff])
        #expect(Base64.decode("-_8") == [0xfb, 0xff])
    }

    @Test(
        "refuses what nobody would write",
        arguments: [
            "Z", "Zg=", "Zg===", "=", "====", "Zh==", "Zm9=", "Zg==Zg==", "+_8=", "Zm 9v", "Zm9v\n",
            "é",
        ])
    func refuses(_ text: String) {
        #expect(Base64.decode(text) == nil, "\(text)")
    }

    @Test("what was written is read")
    func roundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + count) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }
}
