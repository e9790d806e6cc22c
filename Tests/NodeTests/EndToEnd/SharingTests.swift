import Foundation
import Genome
import Host
import Testing

extension RealNodes {
    /// Folders that are not shared as they are, through a running node.
    @Suite("Sharing", .serialized)
    struct SharingTests {
        private let laboratory: Laboratory
        private let node: TestNode

        init() throws {
            laboratory = try Laboratory()
            node = try laboratory.running("a")
        }

        private static let sample = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "bootstrap/sample").path

        /// A folder with one good text, to which a test adds something bad.
        private func folder() throws -> String {
            try laboratory.write("folder/notes.txt", "Good text.\n")
            return "\(laboratory.path)/folder"
        }

        /// Sharing is refused with these words; nothing is announced and the node stays up.
        private func expectRefused(
            _ path: String, _ words: String..., code: String = "refused", options: [String] = [],
            location: SourceLocation = #_sourceLocation
        ) throws {
            let outcome = try node.spawn(
                ["share", path, "--visibility", "public", "--json"]
                    + (options.isEmpty ? ["--licence", "MIT", "--type", "memory"] : options)
            ).wait()
            let said: Comment = "\(outcome.out) \(outcome.error)"
            #expect(outcome.code != 0, said, sourceLocation: location)
            #expect(outcome.failure == code, said, sourceLocation: location)
            #expect(outcome.errorLines.count == 1, said, sourceLocation: location)
            for part in words {
                #expect(outcome.error.contains(part), said, sourceLocation: location)
            }
            let list = try node.ask("list")["layers"]?.array
            #expect(list?.isEmpty == true, sourceLocation: location)
            #expect(node.isRunning, sourceLocation: location)
        }

        @Test func `the records of a memory are shared unasked, those of other layers by name`()
            throws
        {
            try laboratory.write("facts/facts.jsonl", #"{"text":"Plasmids are rings of DNA."}"#)
            try laboratory.write("facts/.old.jsonl", #"{"text":"hidden"}"#)
            try laboratory.write("facts/notes.txt", "Good text.\n")
            let words = [
                "share", "\(laboratory.path)/facts", "--licence", "MIT", "--visibility", "public",
                "--json", "--type",
            ]
            func paths(_ type: String) throws -> [String] {
                let outcome = try node.spawn(words + [type, "--name", type]).wait()
                try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
                return (outcome.json["files"]?.array ?? []).compactMap { $0["path"]?.string }
            }
            #expect(try paths("memory") == ["facts.jsonl", "notes.txt"])
            #expect(try paths("communication") == ["notes.txt"])
            // They are looked through like text.
            try laboratory.write(
                "facts/more.jsonl", #"{"text":"hf_abcdefghijKLMNOPQRSTuvwxyz0123456789"}"#)
            let leaky = try node.spawn(words + ["memory", "--name", "leaky"]).wait()
            #expect(leaky.code == 1 && leaky.words.contains("more.jsonl line 1"))
        }

        @Test func `pickles, keys and links out of the folder stop it`() throws {
            let path = try folder()
            try laboratory.write("folder/model.pt", [0x80, 0x02, 0x7d])
            try expectRefused(path, "model.pt", "pickle")
            try laboratory.write("folder/model.pt", "text\n")
            try expectRefused(path, "model.pt", "pickle")
            try Directory.removeFile("\(path)/model.pt")
            try laboratory.write("folder/readme.txt", [0x80, 0x04, 0x95, 0, 0, 0])
            try expectRefused(path, "readme.txt", "pickle")
            try Directory.removeFile("\(path)/readme.txt")

            let token = "hf_" + String("qWcRtZuIoPaSdFgHjKlYxVbNm0123456789".prefix(34))
            try laboratory.write("folder/config.txt", "one\ntwo\ntoken = \(token)\n")
            try expectRefused(path, "config.txt line 3", "Hugging Face token")
            let outcome = try node.spawn(["share", path, "--visibility", "private"]).wait()
            #expect(!outcome.error.contains(token) && !outcome.out.contains(token))
            try Directory.removeFile("\(path)/config.txt")

            try Directory.link("\(path)/passwords", to: "/etc/passwd")
            try expectRefused(path, "passwords", "leaves the folder")
            try Directory.removeFile("\(path)/passwords")
            try Directory.link("\(path)/up.txt", to: "../folder/../outside.txt")
            try laboratory.write("outside.txt", "Outside.\n")
            try expectRefused(path, "up.txt", "leaves the folder")
            try Directory.removeFile("\(path)/up.txt")
            let shared = try node.share(path)
            #expect(shared["files"]?.array?.count == 1)
        }

        @Test func `what begins with a dot or is no model file stays out`() throws {
            let path = try folder()
            try laboratory.write("folder/.env", "SECRET=1\n")
            try laboratory.write("folder/.git/config", "x\n")
            try laboratory.write("folder/program.exe", [0x4d, 0x5a, 0])
            try Directory.link("\(path)/again.txt", to: "notes.txt")
            let outcome = try node.spawn([
                "share", path, "--visibility", "public", "--licence", "MIT", "--type", "memory",
            ]).wait()
            #expect(outcome.code == 0, "\(outcome.error)")
            for name in [".env", ".git", "program.exe"] {
                #expect(outcome.error.contains("left out: \(name)"), "\(outcome.error)")
            }
            let shown = try node.ask("show", "folder")
            let names = (shown["files"]?.array ?? []).compactMap { $0["path"]?.string }
            #expect(names == ["again.txt", "notes.txt"])
        }

        @Test func `lying safetensors headers and contradicting adapters are refused`() throws {
            let path = try folder()
            let header = #"{"w":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}}"#
            let start = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
            try laboratory.write("folder/x.safetensors", start + [UInt8](repeating: 1, count: 9))
            try expectRefused(path, "x.safetensors")
            let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x7b]
            try laboratory.write("folder/x.safetensors", huge)
            try expectRefused(path, "x.safetensors")
            try laboratory.write("folder/x.safetensors", [1, 2, 3])
            try expectRefused(path, "x.safetensors")

            let adapter = "\(laboratory.path)/adapter"
            try FileManager.default.copyItem(atPath: "\(Self.sample)/adapter", toPath: adapter)
            let config = try String(
                contentsOfFile: "\(adapter)/adapter_config.json", encoding: .utf8)
            try laboratory.write(
                "adapter/adapter_config.json", config.replacing("\"r\": 8", with: "\"r\": 16"))
            try expectRefused(
                adapter, "PEFT", options: ["--licence", "MIT", "--base", "none"])
            try laboratory.write("adapter/adapter_config.json", config.replacing("{", with: "["))
            try expectRefused(
                adapter, code: "corrupt", options: ["--licence", "MIT", "--base", "none"])
        }

        @Test func `a copy for everyone needs stated terms and a stated visibility`() throws {
            let path = try folder()
            try expectRefused(
                path, "terms", "--licence", code: "licence", options: ["--type", "memory"])
            try expectRefused(
                path, code: "usage",
                options: ["--type", "memory", "--licence", "No Such Licence"])
            try node.refused("usage", exit: 2, "share", path, "--licence", "MIT")
            let outcome = try node.run(
                "share", path, "--type", "memory", "--visibility", "private")
            #expect(outcome.code == 0, "\(outcome.error)")
        }

        @Test func `names that hide something are refused or left out`() throws {
            let path = try folder()
            try laboratory.write("folder/a\u{202e}txt.json", "{}")
            try expectRefused(path, "cannot be a path")
            try Directory.removeFile("\(path)/a\u{202e}txt.json")
            try laboratory.write("folder/a\u{1b}[31m.txt", "red\n")
            try expectRefused(path, "cannot be a path")
            try Directory.removeFile("\(path)/a\u{1b}[31m.txt")
            try laboratory.write("folder/A.txt", "one\n")
            try laboratory.write("folder/a.txt", "two\n")
            try expectRefused(path, "one file on some machines")
        }

        @Test func `what is missing, empty or already shared otherwise is refused`() throws {
            try expectRefused("\(laboratory.path)/nowhere", "nowhere", code: "notFound")
            try Directory.create("\(laboratory.path)/empty")
            try expectRefused("\(laboratory.path)/empty", "nothing to share")
            let path = try folder()
            let first = try node.share(path)
            Semaphore().wait(milliseconds: 1100)
            #expect(try node.share(path)["layer"] == first["layer"], "another second, one layer")
            try laboratory.write("folder/notes.txt", "Other text.\n")
            let outcome = try node.spawn([
                "share", path, "--visibility", "public", "--licence", "Apache-2.0", "--type",
                "memory", "--json",
            ]).wait()
            #expect(outcome.failure == "refused")
            #expect(outcome.words.contains(first["layer"]?.string ?? "?"))
            #expect(outcome.words.contains("--version"))
            let second = try node.share(path, ["--version", "1.1.0"])
            #expect(second["layer"] != first["layer"])
        }

        @Test func `an export never writes over other bytes`() throws {
            let path = try folder()
            let layer = try #require(try node.share(path)["layer"]?.string)
            try laboratory.write("out/notes.txt", "Somebody else's text.\n")
            let words = try node.refused("refused", "export", layer, "\(laboratory.path)/out")
            #expect(words.contains("notes.txt"))
            let kept = try String(
                contentsOfFile: "\(laboratory.path)/out/notes.txt", encoding: .utf8)
            #expect(kept == "Somebody else's text.\n")
            try Directory.removeFile("\(laboratory.path)/out/notes.txt")
            _ = try node.ask("export", layer, "\(laboratory.path)/out")
            _ = try node.ask("export", layer, "\(laboratory.path)/out")
        }
    }
}
