import Genome
import Host

extension Adapter {
    /// One adapter that adds what several add together, each with its weight: their factors side
    /// by side, as `MergeMethod.cat` writes them. Its files live in memory.
    public static func sum(
        _ parts: [AdapterMerge.Part], title: String
    ) throws(LearnError) -> Adapter {
        var settings = MergeSettings()
        settings.method = .cat
        var files: [String: (file: File, size: UInt64)] = [:]
        _ = try MergedFiles.adapter(try AdapterMerge(parts, settings), baseName: nil) {
            name, bytes throws(LearnError) in
            do throws(SystemError) {
                if files[name] == nil { files[name] = (try File.inMemory(name), 0) }
                guard let (file, size) = files[name] else { return }
                try file.write(bytes, offset: size)
                files[name] = (file, size + UInt64(bytes.count))
            } catch {
                throw .weights(.unreadable(file: name, error.reason))
            }
        }
        // The adapter maps what it reads, so the files may end with this function.
        defer { withExtendedLifetime(files) {} }
        return try Adapter(LayerFiles(files.mapValues { $0.file.path }, title: title))
    }
}
