import Host

/// A file that a command writes: new, whole, or not there.
struct NewFile {
    private let file: File
    private let path: String

    /// A new file; an existing one is not written over.
    init(_ path: String) throws(Failure) {
        self.path = path
        do throws(SystemError) {
            file = try File(path, .createNew, mode: 0o644)
        } catch {
            throw Failure(
                error.isExisting ? .refused : .notFound, "writing \(path) failed",
                why: error.reason,
                remedy: error.isExisting ? "Name a file that does not exist yet" : "")
        }
    }

    /// Writes text from its beginning; a file that cannot be finished is removed.
    func write(_ text: String) throws(Failure) { try write(Array(text.utf8), at: 0) }

    /// Writes bytes; a file that cannot be finished is removed.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(Failure) {
        do throws(SystemError) {
            try file.write(bytes, offset: offset)
        } catch {
            discard()
            throw Failure(
                error.isDiskFull ? .quota : .internal, "writing \(path) failed",
                why: error.reason, remedy: error.isDiskFull ? "Free some space" : "")
        }
    }

    /// Sets who may read and write it; a file that cannot be finished is removed.
    func setMode(_ mode: UInt32) throws(Failure) {
        do throws(SystemError) {
            try file.setMode(mode)
        } catch {
            discard()
            throw Failure(.internal, "writing \(path) failed", why: error.reason)
        }
    }

    /// Removes the file again.
    func discard() { _ = try? Directory.removeFile(path) }
}
