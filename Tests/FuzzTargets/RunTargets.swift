import Genome
import Wire

extension FuzzTarget {
    static let run: [FuzzTarget] = [recipe, runRecord]

    private static let hash = Blake3.hash([1]).hexadecimal
    private static let other = Blake3.hash([2]).hexadecimal

    private static func canonical(_ text: String) -> [UInt8] {
        guard
            let value = try? JSONParser.parse(
                Array(text.utf8), limits: JSONLimits(bytes: 1 << 16))
        else { preconditionFailure("a sample is JSON") }
        return CanonicalJSON.write(value)
    }

    private static let recipe = FuzzTarget(
        "FuzzRecipe",
        seeds: [
            canonical(
                """
                {"recipe":1,"arithmetic":"a-v0","profile":"p-v0","seed":"7",
                "base":{"weights":"\(hash)","graph":"\(hash)"},"start":{"adapter":"\(hash)"},
                "adapter":{"rank":2,"alpha":"4","targets":{"kind":"names","names":["q_proj"]},
                "rankPattern":[{"key":"a","rank":1}],"alphaPattern":[],"rankStabilised":false,
                "dropout":"0.1"},
                "optimiser":{"steps":3,"batch":1,"accumulate":1,"learningRate":"0.001",
                "schedule":"linear","warmup":0,"weightDecay":"0","clip":"1","beta1":"0.9",
                "beta2":"0.999","epsilon":"0.00000001"},
                "data":{"files":[{"blob":"\(hash)","size":3}],"evaluationFiles":[],
                "examples":"\(hash)","judged":"\(hash)","settings":{"a":[1]},"unicode":"16.0"},
                "evaluation":{"every":0,"patience":0,"keep":"last"}}
                """)
        ]
    ) { input in
        guard let recipe = try? Recipe.decode(input) else { return }
        precondition(recipe.bytes == input, "a recipe changes when read")
        precondition(Recipe.differences(recipe, recipe).isEmpty, "a recipe differs from itself")
        _ = (recipe.base, recipe.start, recipe.steps, recipe.dataFiles, recipe.keepsBest)
    }

    private static let runRecord = FuzzTarget(
        "FuzzRunRecord",
        seeds: [
            canonical(
                """
                {"record":1,"publisher":"\(Samples.publisher)","run":"\(hash)",
                "recipe":{"blob":"\(hash)","size":3},"observations":{"blob":"\(hash)","size":3},
                "machine":{"software":"s/1","processor":"p","kernels":"avx2","threads":2},
                "cost":{"wallSeconds":"1.5","processorSeconds":"2","peakMemory":9,"tokens":8},
                "checkpoints":[
                {"step":0,"adapter":"\(hash)","optimiser":"\(hash)","state":"\(hash)"},
                {"step":3,"adapter":"\(other)","optimiser":"\(hash)","state":"\(other)",
                "previous":"\(hash)"}],
                "outputs":{"step":3,"adapter":{"blob":"\(other)","size":3},"weights":"\(hash)",
                "steps":3,"endedEarly":false},
                "events":[{"kind":"resumed","step":1,"detail":"d"}]}
                """)
        ]
    ) { input in
        guard let record = try? RunRecord.decode(input) else { return }
        precondition(record.bytes == input, "a record changes when read")
        let links = record.checkpoints.map { CheckpointLink($0.json) }
        precondition(links == record.checkpoints, "a checkpoint changes when written")
    }
}
