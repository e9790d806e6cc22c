import Foundation
import Genome
import Testing

@testable import Learn

/// A folder on disk that goes with its test.
final class ScratchFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "plasmid-learn-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    /// Writes files into a subfolder; its path.
    func write(_ files: [(name: String, bytes: [UInt8])], to name: String) throws -> String {
        let folder = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for file in files {
            try Data(file.bytes).write(to: URL(fileURLWithPath: folder + "/" + file.name))
        }
        return folder
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A tiny model on disk, opened, with its adapters.
final class TinyModel {
    let reference: ModelCase
    let model: Model
    private let scratch = try? ScratchFolder()

    init(_ name: String) throws {
        reference = try ModelCase.named(name)
        let folder = try #require(scratch).write(reference.folder, to: "base")
        model = try Model(try LayerFiles(folder: folder))
    }

    /// An engine over the model.
    func engine(
        _ profile: Profile = .portable, threads: Int = 2, batchRows: Int = 512
    ) throws -> Engine {
        try Engine(model, profile: profile, threads: threads, batchRows: batchRows)
    }

    /// One of its adapters, opened.
    func adapter(_ name: String) throws -> Adapter {
        let adapter = try #require(reference.adapters.first { $0.name == name })
        let folder = try #require(scratch).write(adapter.folder, to: name)
        return try Adapter(try LayerFiles(folder: folder))
    }

    /// Its adapters, bound together.
    func stack(_ parts: [(name: String, weight: Double)]) throws -> AdapterStack {
        // A stack is sorted by identifier; PEFT takes the order given, which DoRA can tell.
        let members = try parts.enumerated().map { place, part in
            AdapterStack.Member(
                try adapter(part.name), weight: part.weight, identifier: "\(place)")
        }
        return try AdapterStack(members, model: model)
    }
}

extension Engine {
    /// Logits of every position of a prompt.
    func allLogits(_ tokens: [Int], adapters: AdapterStack? = nil) throws -> [[Float]] {
        let sequence = try makeSequence(capacity: tokens.count, adapters: adapters)
        var rows: [[Float]] = []
        try prefill(sequence, tokens, wanted: .all) { count throws(LearnError) in
            rows += (0..<count).map { result($0) }
        }
        return rows
    }

    /// The likeliest tokens after a prompt, one by one.
    func greedy(_ tokens: [Int], count: Int, adapters: AdapterStack? = nil) throws -> [Int] {
        let sequence = try makeSequence(capacity: tokens.count + count, adapters: adapters)
        try prefill(sequence, tokens)
        var chosen = [best()]
        while chosen.count < count {
            try step([Part(sequence, [chosen[chosen.count - 1]], wanted: .last)])
            chosen.append(best())
        }
        return chosen
    }
}
