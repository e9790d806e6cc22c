import Testing
import Wire

@testable import Store

@Suite struct CodedHeaderTests {
    private let header = CodedHeader(
        id: Blake3.hash([1]), size: 2 << 20 + 5,
        parents: [
            .init(id: Blake3.hash([2]), size: 3 << 20, cost: 1),
            .init(id: Blake3.hash([3]), size: 7, cost: 4),
        ],
        groups: [
            .init(length: 300_000, cost: 2), .init(length: 1 << 20 + 1, cost: 1),
            .init(length: 6, cost: 8),
        ])

    @Test func `a head comes back, and groups stand one behind another`() throws {
        let bytes = header.encode()
        #expect(bytes.count == 58 + 2 * 41 + 3 * 5 + 32)
        #expect(header.starts == [187, 300_187, 1_348_764])
        #expect(header.fileBytes == 1_348_770)
        let read = try CodedHeader.decode(bytes + [0, 0], fileSize: header.fileBytes)
        #expect(read == header)
        #expect(try CodedHeader.measure(bytes).byteCount == bytes.count)
    }

    @Test func `a changed or cut head, or another length of the file, is refused`() throws {
        let bytes = header.encode()
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            #expect(throws: CodingError.self) {
                try CodedHeader.decode(changed, fileSize: header.fileBytes)
            }
        }
        for count in [0, 15, 57, 58, bytes.count - 1] {
            #expect(throws: CodingError.self) {
                try CodedHeader.decode(Array(bytes[..<count]), fileSize: header.fileBytes)
            }
        }
        for size in [0, header.fileBytes - 1, header.fileBytes + 1] {
            #expect(throws: CodingError.malformed("bytes are missing or left over")) {
                try CodedHeader.decode(bytes, fileSize: size)
            }
        }
    }

    @Test func `parents and groups beyond the rules are refused though their sum is right`() throws
    {
        func isRefused(
            _ parents: [CodedHeader.Parent], _ group: CodedHeader.Group, size: UInt64 = 100
        ) -> Bool {
            let header = CodedHeader(
                id: Blake3.hash([1]), size: size, parents: parents, groups: [group])
            return (try? CodedHeader.decode(header.encode(), fileSize: header.fileBytes)) == nil
        }
        let parent = CodedHeader.Parent(id: Blake3.hash([2]), size: 9, cost: 7)
        #expect(!isRefused([parent], .init(length: 101, cost: 8)))
        #expect(isRefused([parent], .init(length: 102, cost: 8)))
        #expect(isRefused([parent], .init(length: 0, cost: 1)))
        #expect(isRefused([parent], .init(length: 50, cost: 9)))
        #expect(isRefused([parent], .init(length: 50, cost: 0)))
        #expect(isRefused([], .init(length: 50, cost: 2)))
        #expect(isRefused([parent, parent], .init(length: 50, cost: 2)))
        for wrong in [
            CodedHeader.Parent(id: Blake3.hash([1]), size: 9, cost: 1),
            .init(id: Blake3.hash([2]), size: 0, cost: 1),
            .init(id: Blake3.hash([2]), size: 1 << 41, cost: 1),
            .init(id: Blake3.hash([2]), size: 9, cost: 8),
            .init(id: Blake3.hash([2]), size: 9, cost: 0),
        ] { #expect(isRefused([wrong], .init(length: 50, cost: 2))) }
    }
}
