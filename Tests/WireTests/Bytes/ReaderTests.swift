import Testing
import Wire

@Suite struct ReaderTests {
    @Test func `what the writer wrote is read back`() throws {
        var writer = Writer()
        writer.write(UInt8(7))
        writer.write(UInt16(0x1234))
        writer.write(UInt32(0xdead_beef))
        writer.write(UInt64(0x0102_0304_0506_0708))
        for value: UInt64 in [0, 127, 128, 300, 1 << 35, .max] { writer.writeVarint(value) }
        writer.writeText("grüße")
        var reader = Reader(writer.bytes)
        #expect(try reader.readUInt8() == 7)
        #expect(try reader.readUInt16() == 0x1234)
        #expect(try reader.readUInt32() == 0xdead_beef)
        #expect(try reader.readUInt64() == 0x0102_0304_0506_0708)
        for value: UInt64 in [0, 127, 128, 300, 1 << 35, .max] {
            #expect(try reader.readVarint() == value)
        }
        #expect(try reader.readText(limit: 7, "text") == "grüße")
        #expect(reader.isAtEnd && reader.remaining == 0)
        try reader.finish()
    }

    @Test func `every cut of a message is refused as truncated`() throws {
        var writer = Writer()
        writer.write(UInt64(1))
        writer.write(Blake3.hash([]))
        for count in 0..<writer.bytes.count {
            var reader = Reader(Array(writer.bytes.prefix(count)))
            #expect(throws: WireError.truncated) {
                _ = try reader.readUInt64()
                _ = try reader.readDigest()
            }
        }
    }

    @Test func `longer forms of a number are refused`() {
        for bytes: [UInt8] in [[0x80, 0x00], [0xff, 0x80, 0x00], [0x81, 0x80, 0x80, 0x00]] {
            var reader = Reader(bytes)
            #expect(throws: WireError.notCanonical) { try reader.readVarint() }
        }
        var beyond = Reader([UInt8](repeating: 0xff, count: 9) + [0x02])
        #expect(throws: WireError.notCanonical) { try beyond.readVarint() }
    }

    @Test func `counts beyond their limit are refused before anything is allocated`() {
        var writer = Writer()
        writer.writeVarint(.max)
        var reader = Reader(writer.bytes)
        #expect(throws: WireError.tooLarge("field")) {
            try reader.readCounted(limit: 100, "field")
        }
        var within = Reader([5, 1, 2])
        #expect(throws: WireError.truncated) { try within.readCounted(limit: 100, "field") }
    }

    @Test func `bytes behind the last field are refused`() throws {
        var reader = Reader([1, 2])
        _ = try reader.readUInt8()
        #expect(reader.offset == 1)
        #expect(throws: WireError.trailingBytes) { try reader.finish() }
    }
}
