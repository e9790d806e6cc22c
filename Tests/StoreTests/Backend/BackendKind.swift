import Host
import Wire

@testable import Store

/// The back ends that the tests know. A new one joins the suites by a case here.
enum BackendKind: String, CaseIterable, Sendable {
    /// Files of the home.
    case disk
    /// No file at all.
    case memory
    /// Files of the home, behind a back end that could fail and does not.
    case faulty

    /// A new one that is empty; those with files keep them below `home`.
    func make(_ home: String) throws -> any BlobBackend {
        let disk = DiskBackend(home: home)
        switch self {
        case .memory: return MemoryBackend()
        case .disk, .faulty:
            for folder in ["obj", "coded", "trash"] {
                try Directory.create("\(home)/store/\(folder)")
            }
            return self == .disk ? disk : FaultyBackend(disk)
        }
    }
}

extension Layout {
    /// The file of a blob's plain bytes in a home on a disk.
    func object(_ id: Digest) -> String { DiskBackend(home: home).path(.plain(id)) }

    /// The file of a blob's coded bytes in a home on a disk.
    func coded(_ id: Digest) -> String { DiskBackend(home: home).path(.coded(id)) }
}
