import Genome
import Host
import Store
import Testing
import Wire

@testable import Node

@Suite("A journal without its home") struct AuditCheckTests {
    @Test func `counts the files that no entry names, also those that it does not list`() throws {
        let home = try HomeFixture()
        try home.share("poem")
        let folder = "\(home.laboratory.path)/journal"
        _ = try JournalExport.write(
            home.layout, note: try home.service.library.journal.newestNote(), to: folder)
        let sound = try AuditCheck.run(folder)
        #expect(sound.object["ok"] == true && sound.object["accessUnlistedCount"] == 0)
        for number in 0..<130 {
            try home.laboratory.write("journal/access/\(1_000 + number).log", "nobody's\n")
        }
        let found = try AuditCheck.run(folder)
        #expect(found.object["ok"] == false)
        #expect(found.object["accessUnlisted"]?.array?.count == 100)
        #expect(found.object["accessUnlistedCount"] == 130)
        #expect(found.text.contains("EXTRA   and 30 more"))
    }
}
