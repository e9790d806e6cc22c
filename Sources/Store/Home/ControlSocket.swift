import Host
import Wire

/// Where the control socket of a home lies: in the home, unless its path is too long.
///
/// A socket address holds 107 bytes of path (unix(7)). For longer homes a symbolic link to the
/// home is kept in a folder that only this user can write, and the address goes through it.
public enum ControlSocket {
    /// Most bytes of a path that fit a socket address.
    static let pathBytesMax = 107

    /// The path to bind or connect to for the home at `home`. Works without opening the home.
    public static func path(home: String) throws(StoreError) -> String {
        guard Home.exists(at: home) else { throw .noHome(path: home) }
        let home = try onDisk { () throws(SystemError) in try Directory.resolve(home) }
        let direct = "\(home)/control.sock"
        if direct.utf8.count <= pathBytesMax { return direct }
        let name = String(Blake3.hash(Array(home.utf8)).hexadecimal.prefix(16))
        let link = "\(try linkFolder())/\(name)"
        try point(link, to: home)
        return "\(link)/control.sock"
    }

    private static func linkFolder() throws(StoreError) -> String {
        if let folder = Machine.environment("XDG_RUNTIME_DIR"), folder.utf8.count <= 64,
            isPrivate(folder)
        {
            return folder
        }
        let folder = "/tmp/plasmid-\(Machine.userNumber)"
        try onDisk { () throws(SystemError) in try Directory.create(folder, mode: 0o700) }
        // In /tmp anyone could have made it first.
        guard isPrivate(folder) else {
            throw .unusable("\(folder) belongs to or is open to someone else; remove it")
        }
        return folder
    }

    private static func isPrivate(_ folder: String) -> Bool {
        guard let facts = try? File.facts(of: folder) else { return false }
        return facts.kind == .folder && facts.owner == Machine.userNumber
            && facts.mode & 0o077 == 0
    }

    private static func point(_ link: String, to home: String) throws(StoreError) {
        if let target = try? Directory.readLink(link) {
            if target == home { return }
            try onDisk { () throws(SystemError) in try Directory.removeFile(link) }
        }
        do {
            try Directory.link(link, to: home)
        } catch {
            // Two processes may make the same link at the same time.
            guard error.isExisting, (try? Directory.readLink(link)) == home else {
                throw .system(error)
            }
        }
    }
}

extension Home {
    /// The path of this home's control socket.
    public func controlSocketPath() throws(StoreError) -> String {
        try ControlSocket.path(home: layout.home)
    }
}
