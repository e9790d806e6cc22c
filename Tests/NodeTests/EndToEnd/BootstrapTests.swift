import Foundation
import Genome
import Testing
import Wire

extension RealNodes {
    /// Lists of nodes to call first.
    @Suite("A node that knows nobody", .serialized)
    struct BootstrapTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        @Test func `meets the nodes of a list whose signer its owner trusts`() throws {
            let a = try laboratory.running("a")
            let list = "\(laboratory.path)/nodes.json"
            let made = try a.spawn([
                "bootstrap", "create", "--entry", a.ticket, "--out", list,
            ]).wait()
            #expect(made.code == 0 && made.out.contains("Warning"), "\(made.out) \(made.error)")
            let newcomer = laboratory.node("newcomer")
            let stranger = try newcomer.begin(["--bootstrap", list]).wait(seconds: 30)
            #expect(stranger.code == 1 && stranger.words.contains("--bootstrap-key"))
            try newcomer.start(["--bootstrap", list, "--bootstrap-key", a.key])
            try newcomer.meets(a)
            newcomer.stop()
            // It is remembered.
            try newcomer.start()
            try newcomer.meets(a)
            let kept = try newcomer.ask("bootstrap", "list")["lists"]?.array
            #expect(kept?.first?["publisher"]?.string == a.key)
            let shown = try newcomer.ask("bootstrap", "show", list)
            #expect(shown["usable"] == true && shown["entries"]?.array?.count == 1)
            let old = "\(laboratory.path)/old.json"
            _ = try a.spawn([
                "bootstrap", "create", "--entry", a.ticket, "--out", old, "--sequence", "1",
            ]).wait()
            let words = try newcomer.refused("refused", "bootstrap", "take", old, "--key", a.key)
            #expect(words.contains("older"))
            try newcomer.refused("refused", "bootstrap", "verify", old)
            _ = try newcomer.ask("bootstrap", "verify", list, "--key", a.key)
            try newcomer.refused(
                "refused", "bootstrap", "verify", list, "--key", newcomer.key)
            _ = try newcomer.ask("bootstrap", "forget", a.key)
            #expect(try newcomer.ask("bootstrap")["lists"]?.array?.isEmpty == true)
            for node in [a, newcomer] { node.stop() }
        }
    }
}
