import Testing
import Wire

@testable import Store

@Suite struct BootstrapFilesTests {
    @Test func `one list of each signer is kept, of eight at most`() throws {
        let files = BootstrapFiles(try Scratch().home().layout)
        #expect(try files.signers().isEmpty)
        let keys = (1...9).map { Fixture.key(UInt8($0)).publicKey }
        for key in keys.prefix(BootstrapFiles.signersMax) { try files.write([1], of: key) }
        try files.write([2, 3], of: keys[0])
        #expect(try files.read(keys[0]) == [2, 3] && files.read(keys[1]) == [1])
        #expect(throws: StoreError.self) { try files.write([1], of: keys[8]) }
        #expect(try files.remove(keys[1]) && !files.remove(keys[1]))
        try files.write([1], of: keys[8])
        #expect(try Set(files.signers()) == Set(keys).subtracting([keys[1]]))
    }
}
