import Testing

@testable import Wire

@Suite("An age header")
struct AgeHeaderTests {
    private let key = FileKey(bytes: Array(0..<16))!
    private let secret = [UInt8](repeating: 7, count: 32)
    private var recipient: [UInt8] { Sodium.exchangePublicKey(secret: secret) }

    private func text(_ header: AgeHeader) -> String {
        String(decoding: header.bytes, as: UTF8.self)
    }

    @Test func `wraps the key for one recipient, in 168 bytes`() throws {
        let header = try #require(AgeHeader(wrapping: key, for: recipient))
        #expect(header.bytes.count == 168)
        let read = try #require(AgeHeader(at: header.bytes + [1, 2, 3]))
        #expect(read == header)
        #expect(read.unwrapped(secret: secret) == key)
        #expect(read.unwrapped(secret: [UInt8](repeating: 8, count: 32)) == nil)
        #expect(AgeHeader(wrapping: key, for: [UInt8](repeating: 0, count: 32)) == nil)
        #expect(try #require(AgeHeader(wrapping: key, for: recipient)) != header)
    }

    @Test func `no longer opens when any byte is another`() throws {
        let header = try #require(AgeHeader(wrapping: key, for: recipient))
        for place in header.bytes.indices {
            var bytes = header.bytes
            bytes[place] ^= 1
            #expect(AgeHeader(at: bytes)?.unwrapped(secret: secret) == nil, "\(place)")
        }
        for count in header.bytes.indices {
            #expect(AgeHeader(at: Array(header.bytes[..<count])) == nil, "\(count)")
        }
    }

    @Test func `is read by its grammar alone`() throws {
        let header = try #require(AgeHeader(wrapping: key, for: recipient))
        let good = text(header)
        let lines = good.split(separator: "\n").map(String.init)
        let others = [
            good.replacing("\n", with: "\r\n"), good.replacing("-> X", with: "->  X"),
            good.replacing("X25519 ", with: "X25519  "), good.replacing("v1", with: "v2"),
            good.replacing(lines[2], with: lines[2] + "="),
            good.replacing("--- ", with: "---"), good.replacing("--- ", with: "--- a "),
            lines[0] + "\n" + lines[3] + "\n", "\n" + good,
            lines[0] + "\n" + lines[1] + "\n" + lines[3] + "\n",
        ]
        for text in others {
            #expect(AgeHeader(at: Array(text.utf8)) == nil, "\(text)")
        }
        let stanza = "-> x y\nAAAA\n"
        let many = lines[0] + "\n" + String(repeating: stanza, count: 17) + lines[3] + "\n"
        #expect(AgeHeader(at: Array(many.utf8)) == nil)
        // Another kind beside ours is passed over; the code no longer fits, so nothing opens.
        let beside = lines[0] + "\n" + stanza + lines[1...].joined(separator: "\n") + "\n"
        let read = try #require(AgeHeader(at: Array(beside.utf8)))
        #expect(read.unwrapped(secret: secret) == nil)
    }
}
