import Foundation
import Genome
import Host
import Learn
import Testing
import Wire

@testable import Node

/// A trained layer whose publisher changes a part of its evidence and signs all of it anew, with
/// every hash and every state made to fit: what a forger with a key can do.
struct ReplayForgery {
    /// What of a run can be forged.
    struct Draft {
        var recipe: JSONObject
        /// The states that were kept: steps, adapter, optimiser.
        var states: [(step: Int, adapter: [UInt8], optimiser: [UInt8])]
        var observations: [UInt8]
        /// The run that the record names, if not the recipe's.
        var run: Digest?
        /// Every file of the layer by its path.
        var files: [String: [UInt8]]
        /// Files that are put in at the end, whatever the record says of them.
        var planted: [String: [UInt8]] = [:]

        /// Changes a member of a part of the recipe.
        mutating func set(_ part: String, _ name: String, _ value: JSONValue) {
            var members = recipe[part]?.object ?? JSONObject()
            members[name] = value
            recipe[part] = .object(members)
        }
    }

    private let home: String
    private let folder: String
    private let record: RunRecord
    private let base: JSONValue
    private let honest: Draft

    /// The honest layer of a node that does not run now.
    init(_ node: TestNode, _ layer: String, in folder: String) throws {
        home = node.home
        self.folder = folder
        let manifest = try #require(try node.ask("show", layer)["manifest"])
        base = try #require(manifest["base"])
        let blob = try #require(manifest["provenance"]?["run"]?["blob"]?.string)
        record = try RunRecord.verified(try Self.bytes(node.object(blob)))
        let out = "\(folder)/honest"
        try node.ask("export", layer, out)
        var files: [String: [UInt8]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: out) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(out)/\(path)", isDirectory: &isFolder)
            if !isFolder.boolValue { files[path] = try Self.bytes("\(out)/\(path)") }
        }
        func file(_ path: String) throws -> [UInt8] { try #require(files[path], "\(path)") }
        let recipe = try Recipe.decode(try file(RunEvidence.recipe))
        let states = try record.checkpoints.map { link in
            (
                step: link.step,
                adapter: try file(RunEvidence.checkpoint(link.step, Adapter.weightsName)),
                optimiser: try file(
                    RunEvidence.checkpoint(link.step, CheckpointStore.optimiserName))
            )
        }
        honest = Draft(
            recipe: recipe.json, states: states,
            observations: try file(RunEvidence.observations), files: files)
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Publishes the layer under a name after a change; its id.
    func publish(_ name: String, _ change: (inout Draft) -> Void = { _ in }) throws -> String {
        var draft = honest
        change(&draft)
        let recipe = try Recipe.make(draft.recipe)
        var links: [CheckpointLink] = []
        for state in draft.states {
            let made = CheckpointState(
                run: recipe.run, step: state.step, cursor: state.step * recipe.accumulate,
                best: nil, previous: links.last?.state, adapter: Blake3.hash(state.adapter),
                optimiser: Blake3.hash(state.optimiser))
            links.append(made.link)
            for (file, bytes) in zip(
                CheckpointStore.fileNames, [state.adapter, state.optimiser, made.bytes])
            {
                draft.files[RunEvidence.checkpoint(state.step, file)] = bytes
            }
        }
        let result = draft.states[draft.states.count - 1].adapter
        draft.files[Adapter.weightsName] = result
        draft.files[RunEvidence.recipe] = recipe.bytes
        draft.files[RunEvidence.observations] = draft.observations
        var object = record.json
        object["run"] = .string((draft.run ?? recipe.run).hexadecimal)
        object["recipe"] = Self.blob(recipe.bytes)
        object["observations"] = Self.blob(draft.observations)
        object["checkpoints"] = .array(links.map(\.json))
        var outputs = object["outputs"]?.object ?? JSONObject()
        outputs["adapter"] = Self.blob(result)
        object["outputs"] = .object(outputs)
        return try share(name, object, draft.files.merging(draft.planted) { $1 })
    }

    private static func blob(_ bytes: [UInt8]) -> JSONValue {
        BlobReference(blob: Blake3.hash(bytes), size: UInt64(bytes.count)).json
    }

    private func share(
        _ name: String, _ record: JSONObject, _ files: [String: [UInt8]]
    ) throws -> String {
        let paths = files.keys.sorted()
        var opened: [File] = []
        for path in paths {
            let file = try File.inMemory("forged")
            try file.write(files[path] ?? [], offset: 0)
            opened.append(file)
        }
        var object = JSONObject()
        object["paths"] = .array(paths.map { .string($0) })
        object["evidence"] = .array(
            paths.filter { $0.hasPrefix("run/") }.map { .string($0) })
        object["folder"] = .string(name)
        object["name"] = .string(name)
        object["type"] = "lora"
        object["visibility"] = "private"
        object["licence"] = "CC-BY-SA-3.0"
        object["base"] = base
        object["run"] = .object(record)
        let service = try Access.service(home)
        let answer = try service.answer(
            ServiceRequest(verb: "share", arguments: object, files: opened)
        ) { _ in }
        return try #require(answer["layer"]?.string)
    }
}
