import Host
import Testing

@testable import Store

@Suite struct AddressFileTests {
    @Test func `is kept whole, for the owner alone`() throws {
        let layout = try Scratch().home().layout
        let file = AddressFile(layout)
        #expect(try file.read(limit: 100) == nil)
        try file.write([1, 2, 3])
        try file.write([4, 5])
        #expect(try file.read(limit: 100) == [4, 5])
        #expect(try File(layout.addresses, .read).facts().mode & 0o777 == 0o600)
        #expect(throws: StoreError.self) { try file.read(limit: 1) }
    }

    @Test func `one that cannot be read is moved aside, over the one before`() throws {
        let layout = try Scratch().home().layout
        let file = AddressFile(layout)
        for bytes: [UInt8] in [[1], [2, 2]] {
            try file.write(bytes)
            try file.setAside()
            #expect(try file.read(limit: 100) == nil)
            #expect(try DurableFile.read(file.asidePath, limit: 100) == bytes)
        }
        #expect(throws: StoreError.self) { try file.setAside() }
    }
}
