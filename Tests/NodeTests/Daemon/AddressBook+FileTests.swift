import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("The addresses that a home keeps")
struct AddressBookFileTests {
    @Test func `come back; without a file a book has a secret of its own`() throws {
        let home = try HomeFixture()
        let file = AddressFile(home.layout)
        var said: [String] = []
        let first = AddressBook.kept(in: file) { said.append($0) }
        let second = AddressBook.kept(in: file) { said.append($0) }
        #expect(first.count == 0 && first.bytes != second.bytes)
        try file.write(first.bytes)
        #expect(AddressBook.kept(in: file) { said.append($0) }.bytes == first.bytes)
        #expect(said.isEmpty)
    }

    @Test func `a damaged file is set aside with one line, and a new book begun`() throws {
        let home = try HomeFixture()
        let file = AddressFile(home.layout)
        let good = AddressBook.kept(in: file) { _ in }.bytes
        let long = [UInt8](repeating: 7, count: AddressBook.fileBytesMax + 1)
        for bytes in [Array(good.dropLast()), [], Array("plasmid".utf8), long] {
            try file.write(bytes)
            var said: [String] = []
            let book = AddressBook.kept(in: file) { said.append($0) }
            #expect(book.count == 0 && said.count == 1)
            #expect(said[0].contains(file.asidePath) && said[0].contains("plasmid join"))
            #expect(try File(file.asidePath, .read).facts().size == UInt64(bytes.count))
            #expect(try file.read(limit: 10) == nil)
        }
    }
}
