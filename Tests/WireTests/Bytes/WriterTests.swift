import Testing
import Wire

@Suite struct WriterTests {
    @Test func `numbers are big-endian and varints minimal`() {
        var writer = Writer()
        writer.write(UInt16(0x0102))
        writer.write(UInt32(0x0304_0506))
        writer.writeVarint(0)
        writer.writeVarint(0x7f)
        writer.writeVarint(0x80)
        writer.writeCounted([9, 8])
        #expect(writer.bytes == [1, 2, 3, 4, 5, 6, 0, 0x7f, 0x80, 0x01, 2, 9, 8])
    }
}
