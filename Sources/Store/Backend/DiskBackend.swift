import Host
import Wire

/// Objects as read-only files of the home, named by their ids in two levels of folders.
struct DiskBackend: BlobBackend {
    /// The home folder.
    let home: String

    /// Names from which on one sync of the whole file system costs less than one for each.
    private static let batchMin = 4

    /// Where an object lies.
    func path(_ name: ObjectName) -> String {
        switch name.form {
        case .plain: Layout.fanned("\(home)/store/obj", name.blob)
        case .coded: Layout.fanned("\(home)/store/coded", name.blob)
        }
    }

    func size(of name: ObjectName) throws(StoreError) -> UInt64? {
        do {
            return try File.facts(of: path(name)).size
        } catch {
            if error.isMissing { return nil }
            throw .system(error)
        }
    }

    func open(_ name: ObjectName) throws(StoreError) -> any StoredObject {
        do {
            return FileObject(try File(path(name), .read, followsLinks: false))
        } catch {
            throw error.isMissing ? .missing("blob \(name.blob)") : .system(error)
        }
    }

    func put(_ file: File, as name: ObjectName) throws(StoreError) {
        try onDisk { () throws(SystemError) in try BlobPlace.rename(file, to: path(name)) }
    }

    func take(_ name: ObjectName, to path: String) throws(StoreError) {
        do {
            try Directory.renameNew(self.path(name), to: path)
        } catch {
            throw error.isMissing ? .missing("blob \(name.blob)") : StoreError(error)
        }
    }

    func remove(_ name: ObjectName) throws(StoreError) {
        // What lies in the trash is deleted later: a large file takes its time.
        let mark = Hexadecimal.encode(Sodium.random(count: 4))
        let trash = "\(home)/store/trash/\(name.blob.hexadecimal).\(name.form.rawValue).\(mark)"
        do {
            try Directory.rename(path(name), to: trash)
        } catch {
            guard error.isMissing else { throw StoreError(error) }
        }
    }

    func sync(_ names: [ObjectName]) throws(StoreError) {
        try onDisk { () throws(SystemError) in
            if names.count >= Self.batchMin {
                return try OpenFolder("\(home)/store").syncFilesystem()
            }
            for name in names {
                let path = path(name)
                if Directory.exists(path) {
                    try BlobPlace.syncNames(of: path)
                } else {
                    try syncRemoval(of: path)
                }
            }
        }
    }

    /// A rename is certain once both of its folders are.
    private func syncRemoval(of path: String) throws(SystemError) {
        let folder = Layout.folder(of: path)
        // Without the folder there was nothing that could come back.
        guard Directory.exists(folder) else { return }
        try Directory.sync("\(home)/store/trash")
        try Directory.sync(folder)
    }

    func list(_ form: ObjectName.Form) throws(StoreError) -> [(blob: Digest, bytes: UInt64)] {
        let folder = form == .plain ? "\(home)/store/obj" : "\(home)/store/coded"
        guard Directory.exists(folder) else { return [] }
        return try BlobSweeper.files(below: folder)
    }

    func localPath(of name: ObjectName) -> String? {
        let path = path(name)
        return Directory.exists(path) ? path : nil
    }
}
