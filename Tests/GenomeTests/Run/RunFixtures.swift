import Genome
import Wire

/// A small true recipe and record that the tests of runs bend and break.
enum RunFixtures {
    static func recipe() -> JSONObject {
        JSONValue.members([
            "recipe": 1, "arithmetic": "plasmid-train-v1", "profile": "portable-f32-v1",
            "seed": "18446744073709551615",
            "base": [
                "weights": .string(Fixtures.digest(1).hexadecimal),
                "graph": .string(Fixtures.digest(2).hexadecimal),
            ],
            "adapter": [
                "rank": 8, "alpha": "16",
                "targets": ["kind": "names", "names": ["q_proj", "v_proj"]],
                "rankPattern": [], "alphaPattern": [], "rankStabilised": false, "dropout": "0",
            ],
            "optimiser": [
                "steps": 1, "batch": 4, "accumulate": 1, "learningRate": "0.0002",
                "schedule": "linear", "warmup": 0, "weightDecay": "0", "clip": "1",
                "beta1": "0.9", "beta2": "0.999", "epsilon": "0.00000001",
            ],
            "data": [
                "files": [["blob": .string(Fixtures.digest(3).hexadecimal), "size": 120]],
                "evaluationFiles": [],
                "examples": .string(Fixtures.digest(4).hexadecimal),
                "judged": .string(Fixtures.digest(5).hexadecimal),
                "settings": ["sequence": 512], "unicode": "16.0.0",
            ],
            "evaluation": ["every": 0, "patience": 0, "keep": "last"],
        ])
    }

    /// A chain of checkpoints after those steps.
    static func links(_ steps: [Int]) -> [CheckpointLink] {
        var links: [CheckpointLink] = []
        for step in steps {
            let byte = UInt8(40 + step)
            links.append(
                CheckpointLink(
                    step: step, adapter: Fixtures.digest(byte), optimiser: Fixtures.digest(byte),
                    state: Fixtures.digest(byte), previous: links.last?.state))
        }
        return links
    }

    static func record(
        _ recipe: Recipe, _ links: [CheckpointLink],
        publisher: NodeKey = Fixtures.publisher.publicKey, weights: Digest = Fixtures.digest(6)
    ) -> JSONObject {
        let last = links.last!
        return JSONValue.members([
            "record": 1, "publisher": .string(publisher.base32),
            "run": .string(recipe.run.hexadecimal),
            "recipe": BlobReference(
                blob: Blake3.hash(recipe.bytes), size: UInt64(recipe.bytes.count)
            ).json,
            "observations": BlobReference(blob: Fixtures.digest(7), size: 90).json,
            "machine": [
                "software": "plasmid/0", "processor": "Any", "kernels": "avx2", "threads": 2,
            ],
            "cost": [
                "wallSeconds": "1.5", "processorSeconds": "2.9", "peakMemory": 100_000_000,
                "tokens": 2048,
            ],
            "checkpoints": .array(links.map(\.json)),
            "outputs": [
                "step": .integer(Int64(last.step)),
                "adapter": BlobReference(blob: last.adapter, size: 64).json,
                "weights": .string(weights.hexadecimal), "steps": .integer(Int64(last.step)),
                "endedEarly": false,
            ],
            "events": [["kind": "resumed", "step": 1]],
        ])
    }
}
