import Testing
import Wire

@Suite struct HelloTests {
    @Test func `hello and choice come back`() throws {
        var hello = Hello(
            pattern: .xx, suites: [.chaChaPoly, .aesGCM], network: Blake3.hash([1]))
        hello.noise = [UInt8](repeating: 7, count: 32)
        #expect(try Hello(bytes: hello.bytes) == hello)
        var choice = Choice(.accepted, version: 1, suite: .aesGCM)
        choice.noise = [1, 2]
        #expect(try Choice(bytes: choice.bytes) == choice)
    }

    @Test func `garbage, wrong ranges and oversize are refused`() {
        let hello = Hello(pattern: .xx, suites: [.chaChaPoly], network: Blake3.hash([1])).bytes
        #expect(throws: WireError.truncated) { try Hello(bytes: Array(hello.prefix(20))) }
        #expect(throws: WireError.invalid("hello")) { try Hello(bytes: [0] + hello) }
        var range = hello
        range[4] = 9
        #expect(throws: WireError.invalid("versions")) { try Hello(bytes: range) }
        var pattern = hello
        pattern[7] = 77
        #expect(throws: WireError.unsupported("handshake pattern")) { try Hello(bytes: pattern) }
        #expect(throws: WireError.tooLarge("hello")) {
            try Hello(bytes: hello + [UInt8](repeating: 0, count: 1024))
        }
        #expect(throws: WireError.unsupported("answer")) {
            try Choice(bytes: Array("PLSM".utf8) + [99, 1, 1])
        }
    }
}
