import Genome
import Host

/// Files that the owner names because they may hold parts of a layer: what another program left
/// of a download, older copies. They are opened by the command; a node reads no path that a
/// command tells it.
enum ReuseFiles {
    /// Most files: each stays open until the fetch ends.
    static let filesMax = 256
    /// Deepest folder, as in a share.
    private static let depthMax = 16

    /// Opens what `paths` name, of folders every plain file in them; empty files are left out.
    static func open(_ paths: [String]) throws(Failure) -> [File] {
        var files: [File] = []
        for path in paths {
            do {
                try add(try Directory.resolve(path), depth: 0, to: &files)
            } catch {
                throw Failure(
                    .notFound, "\(path) cannot be read: \(error.reason)",
                    remedy: "name a file, or a folder with files, that you may read")
            }
        }
        guard files.count <= filesMax else {
            throw Failure(
                .usage, "--reuse names more than \(filesMax) files",
                remedy: "name the folder of the model alone, or its files")
        }
        return files
    }

    private static func add(
        _ path: String, depth: Int, to files: inout [File]
    ) throws(SystemError) {
        guard files.count <= filesMax else { return }
        switch try File.facts(of: path).kind {
        case .file:
            let file = try File(path, .readAtOnce)
            if try file.facts().size > 0 { files.append(file) }
        case .folder where depth < depthMax:
            for entry in try Directory.list(path) {
                try add("\(path)/\(entry.name)", depth: depth + 1, to: &files)
            }
        // Links in a folder lead to files that stand elsewhere in it, or out of it.
        case .folder, .link, .other: break
        }
    }
}
