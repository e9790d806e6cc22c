import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct SealedFileTests {
    private let scratch = Scratch()
    private let key = FileKey(bytes: [UInt8](repeating: 5, count: 16))!

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000, 3 << 20])
    func `a file comes back from its sealed form, which has an id of its own`(_ size: Int) throws {
        let layout = try scratch.home().layout
        let bytes = Scratch.bytes(size, seed: 3)
        let plain = BlobReader(
            id: Blake3.hash(bytes), size: UInt64(size),
            source: .raw(FileObject(try scratch.file("plain", bytes))), layout: layout)
        let sealed = try SealedFile.seal(plain, key: key, into: layout)
        #expect(sealed.size == SealedStream.sealedSize(plain: UInt64(size)))
        let reader = try BlobReader(sealed.blob, layout: layout)
        let cipher = try reader.readAll(limit: 8 << 20)
        #expect(SealedStream.open(cipher, key: key) == bytes)
        let id = Blake3.hash(bytes)
        let opened = try SealedFile.open(
            FileObject(try #require(reader.rawFile)), size: sealed.size, key: key, expected: id,
            into: layout)
        #expect(opened == BlobReference(blob: id, size: UInt64(size)))
        #expect(try BlobReader(id, layout: layout).readAll(limit: 8 << 20) == bytes)
        // Another nonce each time: nobody can tell that it is the same file.
        #expect(
            try SealedFile.seal(plain, key: key, into: layout) != sealed)
    }

    @Test func `a changed byte, another key or another blob is not kept`() throws {
        let layout = try scratch.home().layout
        let bytes = Scratch.bytes(150_000, seed: 4)
        let plain = BlobReader(
            id: Blake3.hash(bytes), size: 150_000,
            source: .raw(FileObject(try scratch.file("plain", bytes))), layout: layout)
        let sealed = try SealedFile.seal(plain, key: key, into: layout)
        var cipher = try BlobReader(sealed.blob, layout: layout).readAll(limit: 1 << 20)
        let id = Blake3.hash(bytes)
        func opens(_ cipher: [UInt8], _ key: FileKey, _ expected: Digest) throws -> Bool {
            let file = try scratch.file("cipher", cipher)
            do throws(StoreError) {
                _ = try SealedFile.open(
                    FileObject(file), size: UInt64(cipher.count), key: key, expected: expected,
                    into: layout)
                return true
            } catch {
                return false
            }
        }
        #expect(try !opens(cipher, FileKey.random(), id))
        #expect(try !opens(cipher, key, Blake3.hash([1])))
        #expect(try !opens(Array(cipher.dropLast()), key, id))
        cipher[100_000] ^= 1
        #expect(try !opens(cipher, key, id))
        #expect(!Directory.exists(layout.object(id)))
        #expect(try onDisk { () throws(SystemError) in try Directory.list(layout.parts) }.isEmpty)
    }
}
