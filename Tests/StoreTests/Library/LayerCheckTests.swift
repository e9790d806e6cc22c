import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LayerCheckTests {
    @Test func `a damaged group is named with its file`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let file = try #require(manifest.files.first { $0.path.text == "a.bin" })
        try Scratch.flip(fixture.layout.object(file.blob), at: 2 << 20)
        let checks = try fixture.library.verify(manifest.layer)
        #expect(
            checks.filter { !$0.isSound }
                == [LayerCheck(name: "file a.bin", isSound: false, detail: "damaged: group 2")])
    }

    @Test func `a missing file and a damaged manifest are named`() throws {
        let fixture = try LibraryFixture()
        let manifest = try fixture.share()
        let file = try #require(manifest.files.first { $0.path.text == "sub/b.bin" })
        try Directory.removeFile(fixture.layout.object(file.blob))
        try Scratch.flip(fixture.layout.object(manifest.layer), at: 0)
        let unsound = try fixture.library.verify(manifest.layer).filter { !$0.isSound }
        #expect(unsound.map(\.name) == ["manifest", "file sub/b.bin"])
        #expect(unsound.last?.detail == "missing")
    }
}
