import Testing

@testable import Store

@Suite struct FilesystemTests {
    @Test func `network file systems are known by name and local ones pass`() throws {
        #expect(Filesystem.networkKind(ofMagic: 0x6969) == "NFS")
        #expect(Filesystem.networkKind(ofMagic: 0xff53_4d42) == "SMB")
        #expect(Filesystem.networkKind(ofMagic: Int(Int32(bitPattern: 0xff53_4d42))) == "SMB")
        #expect(Filesystem.networkKind(ofMagic: 0x0bd0_0bd0) == "Lustre")
        #expect(Filesystem.networkKind(ofMagic: 0x6573_5546) != nil)
        #expect(Filesystem.networkKind(ofMagic: 0xef53) == nil)
        #expect(Filesystem.networkKind(ofMagic: 0x0102_1994) == nil)
        try Filesystem.requireLocal("/tmp/not/there/yet")
    }

    @Test func `the refusal names a command that works`() {
        let text = StoreError.networkFilesystem(path: "/net/home", kind: "NFS").description
        #expect(text.contains("PLASMID_HOME=/var/tmp/plasmid-"))
        #expect(text.contains("plasmid init"))
    }
}
