import Foundation
import Genome
import Store
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// What a manifest says of files is computed anew, never believed.
    @Suite("Facts of a layer", .serialized)
    struct FactCheckTests {
        private let laboratory: Laboratory
        private let node: TestNode
        private let base: String
        private let layer: String

        init() throws {
            laboratory = try Laboratory()
            node = laboratory.node("a")
            base = try #require(
                node.share(LearningSample.base, ["--type", "foundation"])["layer"]?.string)
            layer = try #require(
                node.share(
                    LearningSample.adapter, ["--type", "lora", "--base", base, "--name", "poems"])[
                        "layer"]?.string)
        }

        private func fact(_ answer: JSONValue, _ name: String) -> JSONValue? {
            (answer["facts"]?.array ?? []).first { $0["name"]?.string == name }
        }

        @Test(
            .enabled(if: Judges.python != nil, "the Python judges are missing: bootstrap/judges"))
        func `are what numpy computes`() throws {
            let adapter = try node.ask("verify", layer, "--level", "thorough")
            let model = try node.ask("verify", base, "--level", "thorough")
            let positions = try #require(fact(adapter, "positions")?["computed"]?.integer)
            let program = try Program(
                try #require(Judges.python),
                [
                    Judges.script("strength.py"), LearningSample.base, LearningSample.adapter,
                    "\(positions)",
                ], in: laboratory.path)
            let judged = program.wait().json
            let modules = adapter["strength"]?.array ?? []
            #expect(modules.count == judged["modules"]?.object?.count && modules.count == 42)
            for module in modules {
                let wanted = judged["modules"]?[module["module"]?.string ?? ""]?.number ?? 0
                let found = module["ratio"]?.number ?? .infinity
                #expect(abs(found - wanted) <= 1e-5 * wanted, "\(module)")
            }
            let overall = judged["overall"]?.number ?? 0
            let strength = fact(adapter, "adaptationStrength")?["computed"]?.number ?? .infinity
            #expect(abs(strength - overall) <= 1e-5 * overall && overall > 0)
            for (answer, parameters, operations) in [
                (adapter, "adapterParameters", "adapterOperations"),
                (model, "baseParameters", "baseOperations"),
            ] {
                #expect(fact(answer, "parameterCount")?["computed"] == judged[parameters])
                #expect(fact(answer, "operationsPerToken")?["computed"] == judged[operations])
            }
        }

        @Test func `are shown beside what is claimed, signed and kept`() throws {
            let answer = try node.ask("verify", layer, "--level", "thorough")
            #expect(answer["ok"] == true)
            #expect(fact(answer, "loraConfig.rank")?["verdict"] == "agrees")
            #expect(fact(answer, "loraConfig.rank")?["claimed"] == 8)
            #expect(fact(answer, "size")?["verdict"] == "agrees")
            #expect(fact(answer, "memory")?["verdict"] == "computed")
            #expect(answer["statement"]?["sequence"] == 1)
            let said = try #require(node.ask("show", layer)["statements"]?.array?.first)
            #expect(said["body"]?["claim"] == "verified" && said["body"]?["result"] == "passed")
            let figures = said["body"]?["figures"]?.array ?? []
            #expect(figures.contains { $0["metric"] == "loraConfig.rank" && $0["value"] == "8" })
            let text = try node.spawn(["verify", layer, "--level", "thorough", "--unsigned"]).wait()
            #expect(text.code == 0 && text.out.contains("loraConfig.rank"))
            #expect(text.out.contains("Everything is as it was published."))
        }

        @Test func `of an adapter without its base leave out its strength and say so`() throws {
            let other = laboratory.node("b")
            let alone = try #require(
                other.share(LearningSample.adapter, ["--type", "lora"])["layer"]?.string)
            let answer = try other.ask("verify", alone, "--level", "thorough")
            #expect(answer["ok"] == true && answer["strength"] == nil)
            let left = (answer["notComputed"]?.array ?? []).compactMap(\.string)
            #expect(left.count == 1 && left.first?.contains("the base is not here") == true)
            let with = try other.ask(
                "verify", alone, "--level", "thorough", "--base", LearningSample.base)
            #expect(with["strength"]?.array?.count == 42 && with["notComputed"] == nil)
        }

        @Test func `that a publisher states wrongly are refused, and found where it signed them`()
            throws
        {
            let folder = "\(laboratory.path)/claim"
            try FileManager.default.copyItem(atPath: LearningSample.adapter, toPath: folder)
            try laboratory.write("claim/plasmid.json", #"{"loraConfig":{"rank":64}}"#)
            let words = [
                "share", folder, "--licence", "Apache-2.0", "--visibility", "public", "--json",
            ]
            let refused = try node.spawn(words).wait()
            #expect(refused.code == 1)
            #expect(
                refused.words.contains("loraConfig.rank must be 8, as the files show, not 64"),
                "\(refused.out)")
            try laboratory.write("claim/plasmid.json", #"{"loraConfig":{"rank":8}}"#)
            #expect(try node.spawn(words).wait().code == 0)

            // A node that signs what is not so: the manifest is in order, and wrong.
            let forged = try forge { config in config["rank"] = 64 }
            #expect(try node.ask("verify", forged)["ok"] == true)
            let outcome = try node.spawn(["verify", forged, "--level", "thorough", "--json"]).wait()
            #expect(outcome.code == 1 && outcome.json["ok"] == false)
            let rank = fact(outcome.json, "loraConfig.rank")
            #expect(rank?["computed"] == 8 && rank?["claimed"] == 64)
            #expect(rank?["verdict"] == "differs")
            let text = try node.spawn(["verify", forged, "--level", "thorough"]).wait().out
            #expect(
                text.contains(
                    "The manifest is wrong: loraConfig.rank is 8, the manifest says 64."))
            let said = try node.ask("show", forged)["statements"]?.array ?? []
            #expect(said.last?["body"]?["result"] == "failed")
            let whole = try node.spawn(
                ["verify", forged, "--level", "comprehensive", "--json", "--unsigned"]
            ).wait(seconds: 120)
            #expect(whole.code == 1 && whole.json["ok"] == false)
        }

        /// A layer of the same files whose adapter shape was changed before it was signed.
        private func forge(_ change: (inout JSONObject) -> Void) throws -> String {
            let service = try Access.service(node.home)
            let honest = try service.heldManifest(try #require(Digest(hexadecimal: layer)))
            var object = honest.json
            var config = object["loraConfig"]?.object ?? JSONObject()
            change(&config)
            object["loraConfig"] = .object(config)
            object["name"] = "forged"
            let manifest = try Manifest.make(object)
            let envelope = Envelope.signed(
                manifest.bytes, type: Manifest.payloadType, by: service.keys.node)
            _ = try service.library.add(envelope, origin: .own)
            return manifest.layer.hexadecimal
        }
    }
}
