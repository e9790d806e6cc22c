import Foundation
import Genome
import Testing
import Wire

@testable import Learn

/// What is computed under a frozen name: digests of every operation over inputs made by hashing,
/// and of a training of twenty steps in each family. `Tests/Vectors/frozen` holds one file a name.
///
/// A file is never written again. Where a digest here comes out otherwise, the bits under a frozen
/// name have changed: take the change back, or make a new name for it, `-v2`, beside the old one
/// (`docs/decisions/0020-frozen-arithmetic.md`).
struct FrozenProfile {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors/frozen")

    /// BLAKE3 of the files, so that no file is changed together with what it holds.
    static let files = [
        "portable-f32-v1": "c59e13885c48bb9bd32df01de76cb5d2cd9d060ce73a1bb42b67f06d875173e3",
        "bf16dot-v1": "415a7edade80c9e77a4be47701fd31169f21698b9441dfdbd16a1fca534eb482",
    ]

    let json: JSONValue

    init(_ profile: Profile) throws {
        let file = Self.folder.appending(path: "\(profile.rawValue).json")
        let bytes = [UInt8](try Data(contentsOf: file))
        #expect(
            Blake3.hash(bytes).hexadecimal == Self.files[profile.rawValue],
            "\(file.lastPathComponent) was changed, and it is frozen")
        json = try JSONParser.parse(bytes, limits: JSONLimits(bytes: 1 << 20))
    }

    /// The digests of a member.
    func digests(_ name: String) throws -> [String: String] {
        try Self.digests(json[name])
    }

    /// The digests of a family.
    func family(_ name: String) throws -> [String: String] {
        try Self.digests(json["families"]?[name])
    }

    private static func digests(_ json: JSONValue?) throws -> [String: String] {
        let object = try #require(json?.object)
        return Dictionary(
            uniqueKeysWithValues: object.members.map { ($0.name, $0.value.string ?? "") })
    }

    // MARK: What is computed

    /// The operations of a profile: its products, and what both profiles share.
    static func operations(_ profile: Profile) -> [String: String] {
        var conformance = Conformance()
        conformance.products()
        conformance.rows()
        conformance.training()
        conformance.functions()
        return conformance.digests.filter { name, _ in
            !name.hasPrefix("product-") || name.hasPrefix("product-\(profile.shortName)-")
        }
    }

    /// Settings of twenty steps that use what a run can use.
    static func settings(
        _ training: TrainingCase, _ profile: Profile
    ) throws -> TrainingSettings {
        var settings = try SameTrainingTests.settings(training, profile)
        settings.steps = 20
        settings.warmup = 3
        settings.weightDecay = 0.01
        return settings
    }

    /// Logits and gradients of a family, and what twenty steps make of its factors.
    static func family(
        _ training: TrainingCase, _ profile: Profile, threads: Int
    ) throws -> [String: String] {
        var found: [String: String] = [:]
        let engine = try Engine(training.model, profile: profile, threads: threads)
        let tokens = training.examples[0].tokens.map { Int($0) }
        found["logits"] = digest(try engine.allLogits(tokens).flatMap { $0 })
        let trainer = try training.trainer(
            try settings(training, profile), start: nil, threads: threads)
        var curve: [UInt64] = []
        for step in 0..<20 {
            let examples = (0..<4).map { training.examples[(step * 4 + $0) % 12] }
            let outcome = try trainer.run([Array(examples[..<2]), Array(examples[2...])])
            curve += [outcome.loss.bitPattern, outcome.gradientNorm.bitPattern]
            // B is zero before the first step, and with it every gradient of A.
            guard step == 1 else { continue }
            found["gradients"] = digest(
                trainer.gradientTensors.sorted { $0.key < $1.key }.flatMap(\.value))
        }
        found["curve"] = digest(curve)
        found["adapter"] = TensorBytes.hash(trainer.adapterTensors()).hexadecimal
        found["optimiser"] = TensorBytes.hash(trainer.optimiserTensors()).hexadecimal
        found["weights"] = try weights(trainer.adapterTensors()).hexadecimal
        return found
    }

    private static func digest<Element>(_ elements: [Element]) -> String {
        elements.withUnsafeBytes { Blake3.hash(Array($0)) }.hexadecimal
    }

    /// The weights id of tensors.
    private static func weights(_ tensors: [TrainedTensor]) throws -> Digest {
        let rows = try tensors.map { tensor in
            let shape = try #require(TensorShape(tensor.shape.map { UInt64($0) }))
            let hash = tensor.values.withUnsafeBytes { Blake3.hash(Array($0)) }
            return TensorTable.Row(
                name: tensor.name, type: .float32, shape: shape, hash: hash)
        }
        return WeightsIdentifier.identifier(of: try TensorTable(rows))
    }
}
