import Host
import Learn

/// A folder that appears under its name only when everything in it is written and synced.
final class NewFolder {
    /// Its path in the end.
    let path: String
    private let draft: String
    private var files: [String: (file: File, size: UInt64)] = [:]

    /// Begins a folder that does not exist yet.
    init(_ path: String) throws(Failure) {
        let path = ExportCommand.absolute(path)
        self.path = path
        guard !Directory.exists(path) else {
            throw Failure(
                .refused, "\(path) exists", why: "nothing is written over",
                remedy: "name a new folder")
        }
        draft = path + ".part-\(Machine.processNumber)"
        do throws(SystemError) {
            try Directory.create(draft, mode: 0o755)
        } catch {
            throw Failure(.notFound, "\(path) cannot be made", why: error.reason)
        }
    }

    /// Adds bytes to the end of a file.
    func append(_ name: String, _ bytes: [UInt8]) throws(LearnError) {
        do throws(SystemError) {
            let known = files[name]
            let file =
                if let known { known.file } else {
                    try File("\(draft)/\(name)", .createNew, mode: 0o644)
                }
            let size = known?.size ?? 0
            try file.write(bytes, offset: size)
            files[name] = (file, size + UInt64(bytes.count))
        } catch {
            throw .weights(.unreadable(file: "\(draft)/\(name)", error.reason))
        }
    }

    /// Copies a small file.
    func copy(_ name: String, from source: String) throws(Failure) {
        do throws(SystemError) {
            let file = try File(source, .read)
            let bytes = try file.read(count: Int(try file.facts().size), offset: 0)
            let target = try File("\(draft)/\(name)", .createNew, mode: 0o644)
            try target.write(bytes, offset: 0)
            try target.sync()
        } catch {
            throw Failure(.internal, "\(name) cannot be copied", why: error.description)
        }
    }

    /// Syncs everything and gives the folder its name.
    func finish() throws(Failure) {
        do throws(SystemError) {
            for entry in files.values { try entry.file.sync() }
            try Directory.sync(draft)
            try Directory.renameNew(draft, to: path)
        } catch {
            throw Failure(
                error.isDiskFull ? .quota : .internal, "\(path) cannot be finished",
                why: error.description)
        }
    }

    /// Removes what was written.
    func discard() {
        _ = try? Directory.removeTree(draft)
    }
}
