import Host
import Wire

/// The identities of a home, one small file each in `keys/identities`.
public struct IdentityShelf: Sendable {
    /// Most identities of one home: a person has few.
    public static let identitiesMax = 64
    private static let bytesMax = 40 << 10
    private static let secretHead = "plasmid-identity-key-1 "
    private static let secretSuffix = ".key"

    /// One change at a time in this process: names and keys are compared before they are kept.
    private static let gate = Lock(())

    private let folder: String

    /// The identities of the home with this layout.
    public init(_ layout: Layout) { folder = "\(layout.keys)/identities" }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// All of them, by name.
    public func all() throws(StoreError) -> [Identity] {
        guard Directory.exists(folder) else { return [] }
        let entries = try onDisk { () throws(SystemError) in try Directory.list(folder) }
        var found: [Identity] = []
        for name in entries.map(\.name).sorted() where Identity.isName(name) {
            let lines = try SecretFile.lines(path(name), limit: Self.bytesMax)
            guard let identity = Identity(name: name, lines: lines) else {
                throw .damaged(path(name))
            }
            found.append(identity)
        }
        return found
    }

    /// Keeps one; refused when its name or its key is there already.
    public func add(_ identity: Identity) throws(StoreError) {
        try Self.gate.withLock { _ throws(StoreError) in try keep(identity) }
    }

    private func keep(_ identity: Identity) throws(StoreError) {
        let known = try all()
        guard known.count < Self.identitiesMax else {
            throw .refused("there are \(Self.identitiesMax) identities already")
        }
        if let same = known.first(where: { $0.name == identity.name || $0.key == identity.key }) {
            throw .refused(
                "identity \(same.name) (\(same.key.fingerprint)) is there already; "
                    + "remove it with: plasmid identity remove \(same.name)")
        }
        try makeFolder()
        let text = identity.lines.map { $0 + "\n" }.joined()
        try DurableFile.create(Array(text.utf8), at: path(identity.name))
    }

    /// Makes a new key in a file of the home and keeps its identity.
    public func create(_ name: String) throws(StoreError) -> Identity {
        try Self.gate.withLock { _ throws(StoreError) in try made(name) }
    }

    private func made(_ name: String) throws(StoreError) -> Identity {
        try makeFolder()
        let secret = path(name) + Self.secretSuffix
        guard Identity.isName(name), !Directory.exists(secret) else {
            throw .refused("there is a key of an identity \(PlainText.shown(name)) already")
        }
        let key = SigningKey.random()
        guard let identity = Identity(name: name, key: key.publicKey, place: .file(path: secret))
        else { throw .refused("\(secret) cannot be the path of a key") }
        guard try !all().contains(where: { $0.name == name }) else {
            throw .refused("identity \(name) is there already")
        }
        let text = Self.secretHead + Hexadecimal.encode(key.seed) + "\n"
        try DurableFile.create(Array(text.utf8), at: secret)
        try keep(identity)
        return identity
    }

    /// Forgets one. A file with a secret key stays where it is: nothing could bring it back.
    public func remove(_ name: String) throws(StoreError) {
        guard Identity.isName(name), Directory.exists(path(name)) else {
            throw .missing("identity \(PlainText.shown(name))")
        }
        try Self.gate.withLock { _ throws(StoreError) in
            try onDisk { () throws(SystemError) in
                try Directory.removeFile(path(name))
                try Directory.sync(folder)
            }
        }
    }

    private func makeFolder() throws(StoreError) {
        try onDisk { () throws(SystemError) in try Directory.create(folder, mode: 0o700) }
    }

    /// The key pair of a secret file as `create` writes it; refused when others can read it.
    public static func secret(at path: String) throws(StoreError) -> SigningKey {
        let line = try SecretFile.lines(path, limit: 4_096).first ?? ""
        guard line.hasPrefix(secretHead),
            let seed = Hexadecimal.decode(String(line.dropFirst(secretHead.count))),
            let key = SigningKey(seed: seed)
        else {
            throw .unusable(
                "\(path) is no identity's key; make one with: plasmid identity create NAME")
        }
        return key
    }
}
