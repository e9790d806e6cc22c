import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

extension RealNodes {
    /// A publisher whose mirrors show what they hold; one of them cannot.
    @Suite("Storage challenges", .serialized)
    struct ChallengeTests {
        private let laboratory: Laboratory
        private let publisher: TestNode
        private let good: TestNode
        private let bad: TestNode

        init() throws {
            laboratory = try Laboratory()
            publisher = try laboratory.running("publisher")
            good = try laboratory.running("good", joining: [publisher])
            bad = try laboratory.running("bad", joining: [publisher])
            try good.meets(publisher)
            try bad.meets(publisher)
        }

        /// A public layer of one large file that both mirrors fetched; layer and blob.
        private func mirrored() throws -> (layer: String, blob: String, file: String) {
            let folder = try laboratory.layerFolder("data", size: 3 << 20)
            let shared = try publisher.share(folder)
            let layer = try #require(shared["layer"]?.string)
            let file = shared["files"]?.array?.first { $0["path"] == "data.safetensors" }
            for mirror in [good, bad] {
                _ = try mirror.ask("find", "--wait", "20")
                _ = try mirror.ask("fetch", layer)
            }
            return (
                layer, try #require(file?["blob"]?.string), "\(folder)/data.safetensors"
            )
        }

        /// Demands proofs until all say so of the large file: another one is drawn seldom, and
        /// holders show each blob once an hour, so they are started anew then.
        private func demand(
            _ layer: String, of blob: String, level: String = "basic"
        ) throws -> JSONValue {
            var answer = JSONValue.null
            try Laboratory.eventually("both mirrors are known") {
                answer = try publisher.run("verify", layer, "--holders", "--level", level).json
                let count = answer["holders"]?.array?.count { $0["verdict"] != "later" }
                return count == 2 && answer["blob"]?.string == blob
            }
            return answer
        }

        private func verdict(_ answer: JSONValue, _ node: TestNode) -> String? {
            answer["holders"]?.array?.first { $0["node"]?.string == node.key }?["verdict"]?.string
        }

        private func standing(_ node: TestNode) throws -> JSONValue? {
            try publisher.ask("status")["mirrors"]?.array?.first {
                $0["node"]?.string == node.key
            }
        }

        @Test func `a mirror whose disk lost bytes is found out, and others check the receipts`()
            throws
        {
            let (layer, blob, file) = try mirrored()
            // One byte of each leaf, so that whatever is drawn meets one.
            for leaf in 0..<(3 << 20) / HashTree.leafBytes {
                try Laboratory.flip(bad.object(blob), at: UInt64(leaf * HashTree.leafBytes) + 5)
            }
            let answer = try demand(layer, of: blob)
            #expect(verdict(answer, good) == "passed", "\(answer)")
            #expect(verdict(answer, bad) == "damaged", "\(answer)")
            #expect(answer["ok"] == false)
            #expect(try standing(good)?["passed"]?.integer ?? 0 >= 1)
            #expect(try standing(bad)?["failedInARow"]?.integer ?? 0 >= 1)
            // Both sides keep what both signed.
            try Laboratory.eventually("the mirror keeps its receipt") {
                let kept = try good.ask("audit", "receipts")["receipts"]?.array ?? []
                return kept.contains { $0["blob"]?.string == blob && $0["verdict"] == "passed" }
            }
            // After a restart it stands as it did.
            let before = try standing(bad)
            publisher.stop()
            try publisher.start()
            #expect(try standing(bad) == before && before != nil)
            try judged(publisher, file, blob)
            try judged(good, file, blob)
        }

        /// What PyNaCl says of a node's receipts, and the chain computed anew from the file.
        private func judged(_ node: TestNode, _ file: String, _ blob: String) throws {
            guard let python = Judges.python else { return }
            let said = try node.run("audit", "receipts", "--last", "100")
            let told = said.json
            // The chain can be computed for the blob of the file alone.
            let about = (told["receipts"]?.array ?? []).filter { $0["blob"]?.string == blob }
            var words = [Judges.script("receipts.py"), node.key]
            if about.count == told["receipts"]?.array?.count { words.append(file) }
            let path = "\(laboratory.path)/\(node.name).json"
            try Data(said.out.utf8).write(to: URL(filePath: path))
            let line = ["-c", "exec \"$0\" \"$@\" < \(path)", python] + words
            let outcome = try Program(
                "/bin/sh", line, in: laboratory.path,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"]
            ).wait(seconds: 60)
            #expect(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            #expect(outcome.out.contains("passed"), "\(outcome.out)")
        }

        @Test func `a blob that is gone is shown by nobody, a node that is away is no failure yet`()
            throws
        {
            let (layer, blob, _) = try mirrored()
            try FileManager.default.removeItem(atPath: bad.object(blob))
            let answer = try demand(layer, of: blob, level: "thorough")
            #expect(verdict(answer, good) == "passed", "\(answer)")
            #expect(verdict(answer, bad) == "damaged", "\(answer)")
            let steps = answer["holders"]?.array?.compactMap { $0["steps"]?.integer }
            #expect(steps == [460, 460])
            let failed = try standing(bad)?["failed"]
            bad.stop()
            let later = try publisher.run("verify", layer, "--holders").json
            #expect(verdict(later, bad) == "unreachable", "\(later)")
            #expect(try standing(bad)?["failed"] == failed)
        }

        @Test func `a sealed copy is shown under its contract, and none of it is told`() throws {
            try good.ask("trust", "--allow", "publisher:\(publisher.key)", "--for", "mirror")
            let folder = try laboratory.layerFolder("secret", size: 1 << 20)
            let shared = try publisher.share(
                folder, ["--visibility", "private", "--licence", "MIT"])
            let layer = try #require(shared["layer"]?.string)
            try publisher.refused("refused", "verify", layer, "--holders")
            let contract = try publisher.ask("mirror", layer, "--on", good.key, "--wait", "30")
            #expect(contract["state"]?.string == "complete", "\(contract)")
            let answer = try publisher.ask("verify", layer, "--holders")
            #expect(answer["ok"] == true && verdict(answer, good) == "passed", "\(answer)")
            let told = try publisher.ask("audit", "receipts")
            #expect(told["receipts"]?.array?.count == 1)
            #expect(told["receipts"]?.array?.first?["public"] == false)
            #expect(told["mirrors"]?.array?.first?["challenged"]?.integer == 0)
        }
    }
}
