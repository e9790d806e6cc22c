import Genome
import Learn
import Wire

/// A file that was read, as a result names it: without the folders it lies in.
struct EvalFile {
    /// Its name.
    let name: String
    /// BLAKE3-256 of its bytes.
    let blob: Digest
    /// Bytes.
    let size: Int

    init(_ file: DataFile) {
        name = PlainText.shown(file.name.split(separator: "/").last.map { String($0) } ?? "data")
        blob = file.blob.id
        size = file.blob.size
    }

    /// `{name, blob, size}`
    var json: JSONObject {
        JSONObject([
            JSONObject.Member(name: "name", value: .string(name)),
            JSONObject.Member(name: "blob", value: .string(blob.hexadecimal)),
            JSONObject.Member(name: "size", value: .integer(Int64(size))),
        ])
    }
}
