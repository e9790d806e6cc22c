import Wire

/// What of a folder is shared, decided before anything is hashed or signed.
///
/// Safetensors, JSON, tokenizer and text files are taken; names that begin with a dot and other
/// kinds are left out unless they are included by name; pickles and links out of the folder stop
/// everything.
public struct SharePlan: Sendable {
    /// What stands under a path.
    public enum ItemKind: Hashable, Sendable {
        /// A plain file.
        case file
        /// A symbolic link to a file inside the folder.
        case linkInside
        /// A symbolic link that leaves the folder or leads nowhere.
        case linkOutside
        /// A socket, pipe or device.
        case special
    }

    /// One entry of the folder, as found.
    public struct Item: Sendable {
        /// Path from the folder, `/` between segments.
        public let path: String
        /// What stands there.
        public let kind: ItemKind
        /// Number of bytes.
        public let size: UInt64
        /// The first bytes, at most `FileKind.firstBytesMax`.
        public let first: [UInt8]

        /// An entry.
        public init(path: String, kind: ItemKind, size: UInt64, first: [UInt8]) {
            self.path = path
            self.kind = kind
            self.size = size
            self.first = first
        }
    }

    /// A file that is shared.
    public struct Taken: Hashable, Sendable {
        /// Its path.
        public let path: LayerPath
        /// Number of bytes when it was found.
        public let size: UInt64
        /// What it is.
        public let kind: FileKind
        /// Whether it must be looked through for keys and tokens before it is shared: text that
        /// was not included by name.
        public let needsSecretScan: Bool
    }

    /// A file that is not shared.
    public struct LeftOut: Hashable, Sendable {
        /// Its path, safe to print.
        public let path: String
        /// Why, in plain words.
        public let reason: String
    }

    /// What is shared, in path order.
    public let taken: [Taken]
    /// What is not, in the order found.
    public let leftOut: [LeftOut]

    /// Bytes of everything that is taken.
    public var size: UInt64 { taken.reduce(0) { $0 &+ $1.size } }

    /// The plan for a folder's entries; `included` are the paths given with `--include`, `declared`
    /// those that the folder's own document names as records: taken, and looked through like text.
    public static func make(
        _ items: [Item], included: Set<String> = [], declared: Set<String> = []
    ) throws(GenomeError) -> SharePlan {
        var taken: [Taken] = []
        var leftOut: [LeftOut] = []
        for item in items {
            let verdict = try judge(
                item, isIncluded: included.contains(item.path),
                isDeclared: declared.contains(item.path))
            switch verdict {
            case .take(let file): taken.append(file)
            case .leave(let reason):
                leftOut.append(LeftOut(path: PlainText.shown(item.path), reason: reason))
            }
        }
        let named = included.union(declared).sorted()
        if let absent = named.first(where: { name in !items.contains { $0.path == name } }) {
            throw .sharing(.notThere(PlainText.shown(absent)))
        }
        guard !taken.isEmpty else { throw .sharing(.empty) }
        guard taken.count <= ManifestSchema.filesMax else {
            throw .sharing(.tooManyFiles(limit: ManifestSchema.filesMax))
        }
        taken.sort { $0.path < $1.path }
        var folded: [String: LayerPath] = [:]
        for file in taken {
            if let other = folded.updateValue(file.path, forKey: file.path.folded) {
                throw .sharing(.samePath(other.text, file.path.text))
            }
        }
        return SharePlan(taken: taken, leftOut: leftOut)
    }

    /// The plan for one file that the caller named: taken whatever it is, unless it is a pickle.
    public static func make(file item: Item) throws(GenomeError) -> SharePlan {
        let kind = FileKind.kind(of: item.path, first: item.first)
        guard kind != .pickle else {
            throw .sharing(.pickle(path: PlainText.shown(item.path)))
        }
        guard let path = LayerPath(item.path) else {
            throw .sharing(.badPath(PlainText.shown(item.path)))
        }
        guard item.kind == .file || item.kind == .linkInside else { throw .sharing(.empty) }
        let isText = kind.isText || kind == .other && !item.first.contains(0)
        let file = Taken(path: path, size: item.size, kind: kind, needsSecretScan: isText)
        return SharePlan(taken: [file], leftOut: [])
    }

    private enum Verdict {
        case take(Taken)
        case leave(String)
    }

    private static func judge(
        _ item: Item, isIncluded: Bool, isDeclared: Bool
    ) throws(GenomeError) -> Verdict {
        let shown = PlainText.shown(item.path)
        switch item.kind {
        case .linkOutside: throw .sharing(.linkOutside(path: shown))
        case .special: return .leave("not a file")
        case .file, .linkInside: break
        }
        let isHidden = item.path.split(separator: "/").contains { $0.hasPrefix(".") }
        let name = item.path.split(separator: "/").last.map { String($0) } ?? item.path
        let kind = FileKind.kind(of: name, first: item.first)
        // Hidden files are not shared anyway, so a pickle there (a cache) need not stop it.
        guard kind != .pickle || isHidden && !isIncluded else {
            throw .sharing(.pickle(path: shown))
        }
        if isHidden && !isIncluded { return .leave("its name begins with a dot") }
        guard kind.isTakenUnasked || isIncluded || isDeclared else {
            return .leave("not a model, JSON, tokenizer or text file")
        }
        guard let path = LayerPath(item.path) else { throw .sharing(.badPath(shown)) }
        return .take(
            Taken(
                path: path, size: item.size, kind: kind,
                needsSecretScan: (kind.isText || isDeclared) && !isIncluded))
    }
}
