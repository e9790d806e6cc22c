import Foundation
import Genome
import Testing
import Wire

/// The base model and the adapter in `bootstrap/sample`, written by transformers and PEFT.
@Suite("The sample")
struct SampleTests {
    private func folder(_ name: String) throws -> (plan: SharePlan, folder: LayerFolder) {
        let base = VectorFile.tests.deletingLastPathComponent()
            .appending(path: "bootstrap/sample/\(name)")
        let names = try FileManager.default.contentsOfDirectory(atPath: base.path).sorted()
        var files: [String: [UInt8]] = [:]
        var items: [SharePlan.Item] = []
        for name in names {
            let bytes = [UInt8](try Data(contentsOf: base.appending(path: name)))
            files[name] = bytes
            items.append(
                SharePlan.Item(
                    path: name, kind: .file, size: UInt64(bytes.count),
                    first: Array(bytes.prefix(FileKind.firstBytesMax))))
        }
        let plan = try SharePlan.make(items)
        let taken = Set(plan.taken.map(\.path.text))
        for file in plan.taken where file.needsSecretScan {
            var scanner = SecretScanner()
            scanner.update(files[file.path.text] ?? [])
            #expect(scanner.finish() == nil, "\(file.path)")
        }
        return (plan, try TensorFixture.folder(files.filter { taken.contains($0.key) }))
    }

    private func manifest(
        _ folder: LayerFolder, _ name: String, base: BaseFacts? = nil
    ) throws -> Manifest {
        var choices = ShareChoices(
            publisher: Fixtures.publisher.publicKey, visibility: .public,
            createdAt: 1_760_000_000, salt: [UInt8](repeating: 0, count: 16))
        choices.base = base
        return try ManifestBuilder.build(folder, folderName: name, choices).manifest
    }

    @Test("is shared whole, as what it is, under its own terms")
    func shares() throws {
        let base = try folder("base")
        let adapter = try folder("adapter")
        #expect(base.plan.leftOut.isEmpty && adapter.plan.leftOut.isEmpty)
        let foundation = try manifest(base.folder, "base")
        #expect(foundation.type == .foundation && foundation.licence != nil)
        #expect(base.folder.model?.modelType == "llama")
        let facts = base.folder.baseFacts(layer: foundation.layer)
        let lora = try manifest(adapter.folder, "adapter", base: facts)
        #expect(lora.type == .lora && lora.licence != nil && lora.rank ?? 0 > 0)
        #expect(lora.base?.layer == foundation.layer && lora.base?.tokenizer != nil)
        #expect(
            adapter.folder.table?.rows.count == (adapter.folder.adapter?.modules.count ?? 0) * 2)
    }
}
