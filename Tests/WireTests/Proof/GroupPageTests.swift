import Testing

@testable import Wire

/// Blobs of several pages are gigabytes, so the group values here are invented: the tree above
/// them is the same.
@Suite struct GroupPageTests {
    private func layer(groups: Int) throws -> GroupLayer {
        var values: [UInt8] = []
        for group in 0..<groups {
            values += Blake3.hash([UInt8(group & 255), UInt8(group >> 8)]).bytes
        }
        let size = UInt64(groups) << 20 - 5
        return try GroupLayer(
            id: HashTree.root(groupValues: values), size: size, values: values)
    }

    @Test(arguments: [2, 1024, 1025, 2048, 2049, 5000])
    func `every page proves itself alone and all together are the layer`(groups: Int) throws {
        let layer = try layer(groups: groups)
        var pages: [GroupPage] = []
        for index in 0..<GroupPage.count(size: layer.size) {
            var writer = Writer()
            GroupPage(index, of: layer).write(to: &writer)
            var reader = Reader(writer.bytes)
            let page = try GroupPage(reading: &reader, size: layer.size)
            try reader.finish()
            try page.verify(id: layer.id)
            pages.append(page)
        }
        #expect(try GroupLayer(id: layer.id, size: layer.size, pages: pages) == layer)
        #expect(throws: WireError.self) {
            try GroupLayer(id: layer.id, size: layer.size, pages: pages.dropLast())
        }
    }

    @Test func `a page with any byte changed is refused`() throws {
        let layer = try layer(groups: 1030)
        for index in 0..<2 {
            var writer = Writer()
            GroupPage(index, of: layer).write(to: &writer)
            for position in stride(from: 0, to: writer.bytes.count, by: index == 0 ? 37 : 1) {
                var bytes = writer.bytes
                bytes[position] ^= 4
                #expect(throws: WireError.self) {
                    var reader = Reader(bytes)
                    let page = try GroupPage(reading: &reader, size: layer.size)
                    try reader.finish()
                    try page.verify(id: layer.id)
                }
            }
        }
    }

    @Test func `a truncated page and a page index beyond the blob are refused`() throws {
        let layer = try layer(groups: 3)
        var writer = Writer()
        GroupPage(0, of: layer).write(to: &writer)
        for count in 0..<writer.bytes.count {
            var reader = Reader(Array(writer.bytes[0..<count]))
            #expect(throws: WireError.truncated) {
                try GroupPage(reading: &reader, size: layer.size)
            }
        }
        var reader = Reader([1])
        #expect(throws: WireError.tooLarge("page index")) {
            try GroupPage(reading: &reader, size: layer.size)
        }
    }
}
