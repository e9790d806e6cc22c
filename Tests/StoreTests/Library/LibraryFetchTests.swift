import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryFetchTests {
    @Test func `a fetch killed in the middle goes on with what had arrived`() throws {
        let fixture = try LibraryFixture()
        let source = try Scratch.groups(Scratch.bytes(8 << 20 + 99))
        let (id, size) = (source.layer.id, source.layer.size)
        do {
            let partial = try fixture.library.partial(id, size: size)
            try partial.install(source.layer)
            for group in 0..<3 { try partial.fetch(group, from: source) }
            try fixture.library.checkpoint(partial)
            for group in 3..<5 { try partial.fetch(group, from: source) }
        }
        try fixture.restart()
        #expect(try !fixture.library.holds(id))
        let partial = try fixture.library.partial(id, size: size)
        #expect(partial.groups.missing == [5, 6, 7, 8])
        for group in partial.groups.missing { try partial.fetch(group, from: source) }
        try fixture.library.complete(partial)
        #expect(try fixture.library.holds(id))
        #expect(try BlobReader(id, layout: fixture.layout).verify() == [])
    }

    @Test func `a completion cut off before the index heard of it is finished at opening`() throws {
        let fixture = try LibraryFixture()
        let source = try Scratch.groups(Scratch.bytes(2 << 20))
        let partial = try fixture.library.partial(source.layer.id, size: source.layer.size)
        try partial.install(source.layer)
        for group in 0..<2 { try partial.fetch(group, from: source) }
        try fixture.library.checkpoint(partial)
        try BlobPlace.move(partial.data, to: fixture.layout.object(source.layer.id))
        try fixture.restart()
        #expect(try fixture.library.index.blob(source.layer.id)?.state == .complete)
    }

    @Test func `with the index lost a partial blob is salvaged from its files`() throws {
        let fixture = try LibraryFixture()
        let source = try Scratch.groups(Scratch.bytes(4 << 20))
        do {
            let partial = try fixture.library.partial(source.layer.id, size: source.layer.size)
            try partial.install(source.layer)
            for group in [0, 2] { try partial.fetch(group, from: source) }
            try fixture.library.checkpoint(partial)
        }
        try fixture.restart(LibraryFixture.loseIndex)
        let partial = try fixture.library.partial(source.layer.id, size: source.layer.size)
        #expect(partial.groups.missing == [1, 3])
    }
}
