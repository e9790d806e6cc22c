import Testing

@testable import Store

@Suite struct SpaceTests {
    @Test func `a twentieth stays free, at least two GiB, on small disks a tenth`() {
        #expect(Space.floor(total: 1 << 40) == (1 << 40) / 20)
        #expect(Space.floor(total: 30 << 30) == 2 << 30)
        #expect(Space.floor(total: 10 << 30) == 1 << 30)
    }

    @Test func `more than the disk holds is refused before anything is written`() throws {
        #expect(throws: StoreError.diskFull(path: "/tmp", bytes: 1 << 60)) {
            try Space.require(1 << 60, at: "/tmp")
        }
        try Space.require(1, at: "/tmp")
    }
}
