import Genome
import Host
import Wire

/// What lies in a folder beside the files that a manifest lists.
///
/// Programs open files of a folder by their names: a `tokenizer.json` or a `.py` that somebody put
/// beside signed weights is read like a signed one. So nobody may take the signature for it.
struct UnlistedFiles {
    /// Most paths that are named; the rest is counted.
    static let namedMax = 100

    /// The first of them in byte order, folders with a `/` behind them.
    private(set) var named: [String] = []
    /// How many there are. A folder that holds nothing listed is one, and is not looked into.
    private(set) var count = 0

    /// Looks through `folder` for what is not in `files`.
    init(_ folder: String, listed files: [LayerFile]) throws(StoreError) {
        let paths = Set(files.map(\.path.text))
        let folders = Set(files.flatMap(\.path.folders))
        var open = [""]
        while let place = open.popLast() {
            let entries = try onDisk { () throws(SystemError) in
                try Directory.list(place.isEmpty ? folder : "\(folder)/\(place)")
            }
            for entry in entries {
                let path = place.isEmpty ? entry.name : "\(place)/\(entry.name)"
                switch entry.kind {
                case .folder where folders.contains(path): open.append(path)
                case .folder: note(path + "/")
                default:
                    if !paths.contains(path) { note(path) }
                }
            }
        }
        named.sort()
    }

    private mutating func note(_ path: String) {
        count += 1
        if named.count < Self.namedMax { named.append(path) }
    }
}
