import Genome

/// The tokens that end an answer: of `generation_config.json`, else of `config.json`, and the end
/// of the tokenizer.
public enum ModelEnds {
    /// Largest file that is read.
    private static let bytesMax = 4 << 20

    /// The tokens of a model's files.
    public static func read(_ files: LayerFiles) throws(LearnError) -> Set<Int> {
        for name in ["generation_config.json", "config.json"] {
            guard let bytes = try files.bytes(name, limit: bytesMax) else { continue }
            let value: JSONValue
            do throws(GenomeError) {
                value = try JSONParser.parse(bytes, limits: JSONLimits(bytes: bytesMax))
            } catch {
                throw .weights(.format(file: name, error))
            }
            guard let ends = value["eos_token_id"], !ends.isNull else { continue }
            let list = ends.array ?? [ends]
            return Set(list.compactMap { $0.integer.map { Int($0) } })
        }
        return []
    }
}
