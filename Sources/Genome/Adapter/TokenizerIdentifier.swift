import Wire

/// The name of a tokenizer: the blob id of `tokenizer.json`, which says everything; where a folder
/// has none, a hash over the older files.
public enum TokenizerIdentifier {
    /// The older files, in the order they are hashed.
    private static let olderFiles = [
        "merges.txt", "spiece.model", "tokenizer.model", "vocab.json", "vocab.txt",
    ]

    /// The tokenizer of a folder's files; nil if it has none. Without `tokenizer.json`: BLAKE3-256
    /// of `plasmid-tokenizer-v1` and, for each older file that is there, its name as varint byte
    /// count and bytes, and its blob id.
    public static func identifier(of files: [LayerFile]) -> Digest? {
        if let file = files.first(where: { $0.path.text == "tokenizer.json" }) { return file.blob }
        let found = olderFiles.compactMap { name in files.first { $0.path.text == name } }
        guard !found.isEmpty else { return nil }
        var writer = Writer()
        writer.write(Array("plasmid-tokenizer-v1".utf8))
        for file in found {
            writer.writeText(file.path.text)
            writer.write(file.blob)
        }
        return Blake3.hash(writer.bytes)
    }
}
