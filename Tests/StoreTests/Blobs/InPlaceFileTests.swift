import Host
import Testing
import Wire

@testable import Store

@Suite struct InPlaceFileTests {
    @Test func `what is kept of a file is read back, and nothing else is`() throws {
        let scratch = Scratch()
        let file = try scratch.file("a\nb c", [1, 2, 3])
        let reference = InPlaceFile.Reference(try file.facts(), path: "\(scratch.path)/a\nb c")
        #expect(InPlaceFile.Reference(bytes: reference.bytes) == reference)
        #expect(reference.matches(try file.facts()))
        let text = String(decoding: reference.bytes, as: UTF8.self)
        for bad in [
            "", "plasmid in place 2" + text.dropFirst(18), text.replacing("\n3 ", with: "\nx "),
            text.replacing("\n/", with: "\nrelative/"), "plasmid in place 1\n1 2 3 4\n/a",
            "plasmid in place 1\n1 2 3 4 5", "plasmid in place 1\n99999999999999 2 3 4 5\n/a",
        ] {
            #expect(InPlaceFile.Reference(bytes: Array(bad.utf8)) == nil, "\(bad)")
        }
        try file.write([9], offset: 0)
        #expect(!reference.matches(try file.facts()))
    }
}
