import Foundation
import Genome
import Host
import Testing
import Wire

extension RealNodes {
    /// Layers whose large files stay where their owner keeps them.
    @Suite("Files in place", .serialized)
    struct InPlaceTests {
        private let laboratory: Laboratory
        private let a: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        @Test func `are served with proof until they change, and never after`() throws {
            let folder = try laboratory.layerFolder("data", size: 5 << 20)
            let shared = try a.share(folder, ["--in-place"])
            let layer = try #require(shared["layer"]?.string)
            let file = shared["files"]?.array?.first { $0["path"] == "data.safetensors" }
            let blob = try #require(file?["blob"]?.string)
            #expect(!Directory.exists(a.object(blob)))
            let store = try a.ask("status")["store"]
            #expect(store?["forms"]?["inPlace"]?["blobs"]?.integer == 1)
            #expect(store?["stored"]?.integer ?? .max < 100_000)
            #expect(store?["plain"]?.integer ?? 0 > 5 << 20)
            #expect(try a.ask("verify", layer)["ok"]?.bool == true)
            _ = try a.ask("export", layer, "\(laboratory.path)/copy")
            #expect(
                Laboratory.areEqual(
                    "\(folder)/data.safetensors", "\(laboratory.path)/copy/data.safetensors"))

            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            _ = try b.ask("fetch", layer)
            #expect(Laboratory.areEqual("\(folder)/data.safetensors", b.object(blob)))

            try Laboratory.flip("\(folder)/data.safetensors", at: 3 << 20)
            let c = try laboratory.running("c", joining: [a])
            _ = try c.ask("find", "--wait", "20")
            b.stop()
            let wrong = try c.run("fetch", layer, "--wait", "5", seconds: 90)
            #expect(wrong.code == 1, "\(wrong.out)")
            #expect(a.isRunning && c.isRunning)
            #expect(try c.ask("list")["layers"]?.array?.isEmpty == true)
            let doctor = try a.run("doctor")
            #expect(doctor.code == 1)
            #expect(doctor.out.contains("changed") && doctor.out.contains("data.safetensors"))
            let failing = try a.run("export", layer, "\(laboratory.path)/other")
            #expect(failing.code == 1 && failing.out.contains("was changed since"))
            // From a peer it comes back, into the store this time.
            try b.start(["--join", a.ticket])
            _ = try a.run("doctor", "--repair")
            Laboratory.eventually("it is whole again") { Directory.exists(a.object(blob)) }
            #expect(try a.ask("verify", layer)["ok"]?.bool == true)
        }
    }
}
