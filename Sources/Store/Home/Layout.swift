import Host
import Wire

/// Where everything lies inside a home folder.
///
/// Complete blobs are objects of a back end, by default one file each. Files named by an id lie in
/// two levels of folders (65,536 of them) so that no folder grows beyond what `ls` can show.
public struct Layout: Sendable {
    /// The home folder.
    public let home: String
    /// Where complete blobs rest.
    public let backend: any BlobBackend

    /// The places below `home`, blobs in its own folders unless another back end is given.
    public init(home: String, backend: (any BlobBackend)? = nil) {
        self.home = home
        self.backend = backend ?? DiskBackend(home: home)
    }

    /// The leaf values of a complete blob; blobs of one group have none.
    public func tree(_ id: Digest) -> String { Self.fanned("\(home)/store/tree", id) }

    /// Which file of the owner holds a complete blob that was left in its place.
    public func reference(_ id: Digest) -> String { Self.fanned("\(home)/store/ref", id) }

    /// Every file beside its objects that a blob may have, with what tells it from the others.
    func places(of id: Digest) -> [(path: String, suffix: String)] {
        [
            (reference(id), "ref"), (tree(id), "tree"), (partData(id), "data"),
            (partLeaves(id), "leaf"), (partGroups(id), "groups"),
        ]
    }

    /// Whether leaf values are kept beside a blob of that size. Those of one group are hashed again
    /// in a fraction of a millisecond, and each file less makes small blobs faster.
    static func keepsTree(size: UInt64) -> Bool { size > UInt64(HashTree.groupBytes) }

    /// Whether a complete blob of that size is here in a file of its own, plain or coded.
    func isComplete(_ id: Digest, size: UInt64) -> Bool {
        if let plain = try? backend.size(of: .plain(id)) { return plain == size }
        return (try? CodedFile.header(of: id, layout: self))?.size == size
    }

    /// The bytes of a blob that is being fetched.
    public func partData(_ id: Digest) -> String { "\(parts)/\(id.hexadecimal).data" }

    /// The leaf values of a blob that is being fetched.
    public func partLeaves(_ id: Digest) -> String { "\(parts)/\(id.hexadecimal).leaf" }

    /// The verified group layer of a blob that is being fetched.
    public func partGroups(_ id: Digest) -> String { "\(parts)/\(id.hexadecimal).groups" }

    /// What a memory layer holds, ready to be asked.
    public func memory(_ layer: Digest) -> String { "\(home)/memory/\(layer.hexadecimal).db" }

    var objects: String { "\(home)/store/obj" }
    var codedFiles: String { "\(home)/store/coded" }
    var references: String { "\(home)/store/ref" }
    var trees: String { "\(home)/store/tree" }
    var parts: String { "\(home)/store/part" }
    var trash: String { "\(home)/store/trash" }
    var quarantine: String { "\(home)/store/quarantine" }
    var index: String { "\(home)/index.db" }
    var catalogue: String { "\(home)/catalogue.db" }
    var journal: String { "\(home)/journal" }
    var keys: String { "\(home)/keys" }
    var layers: String { "\(home)/layers" }
    var access: String { "\(home)/access" }
    var journals: String { "\(home)/journals" }
    var lock: String { "\(home)/LOCK" }
    var format: String { "\(home)/format" }
    var restored: String { "\(home)/restored" }
    var bootstrap: String { "\(home)/bootstrap" }
    var twin: String { "\(home)/twin" }
    var label: String { "\(home)/label" }
    var addresses: String { "\(home)/addresses" }

    var folders: [String] {
        [objects, codedFiles, references, trees, parts, quarantine, trash]
            + [journal, keys, layers, access]
    }

    /// Where a file named by an id lies below `folder`.
    static func fanned(_ folder: String, _ id: Digest) -> String {
        let name = id.hexadecimal
        let first = name.prefix(2)
        let second = name.dropFirst(2).prefix(2)
        return "\(folder)/\(first)/\(second)/\(name)"
    }

    /// The folder that holds `path`.
    static func folder(of path: String) -> String {
        guard let cut = path.lastIndex(of: "/") else { return "." }
        return cut == path.startIndex ? "/" : String(path[..<cut])
    }
}
