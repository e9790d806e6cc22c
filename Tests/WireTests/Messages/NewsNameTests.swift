import Testing
import Wire

@Suite struct NewsNameTests {
    @Test func `a name is the head of the hash of all bytes, signature too`() {
        let record: [UInt8] = [1, 2, 3]
        var writer = Writer()
        for byte in Sodium.blake2b(record, count: 32).prefix(NewsName.byteCount) {
            writer.write(byte)
        }
        let message = Message.neighbour(.graft([NewsName(of: record)]))
        #expect(message.bytes == [146, 1] + writer.bytes)
        #expect(NewsName(of: [1, 2, 4]) != NewsName(of: record))
    }

    @Test func `names are in byte order`() {
        let names = (UInt8(0)..<50).map { NewsName(of: [$0]) }
        let hashes = (UInt8(0)..<50).map { Sodium.blake2b([$0], count: 32) }
        let order = (0..<50).sorted { names[$0] < names[$1] }
        #expect(order == (0..<50).sorted { hashes[$0].lexicographicallyPrecedes(hashes[$1]) })
    }
}
