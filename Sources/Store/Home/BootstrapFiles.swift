import Host
import Wire

/// The signed lists of nodes to call first that a home has taken: one file for each signer, called
/// by her key. What they say is checked by whoever reads them.
public struct BootstrapFiles: Sendable {
    /// Signers whose lists are kept.
    public static let signersMax = 8
    /// Longest file: a list in its envelope.
    private static let bytesMax = 512 << 10

    private let layout: Layout

    /// The lists of a home.
    public init(_ layout: Layout) { self.layout = layout }

    /// The signers whose lists are here, in order.
    public func signers() throws(StoreError) -> [NodeKey] {
        guard Directory.exists(layout.bootstrap) else { return [] }
        let entries = try onDisk { () throws(SystemError) in try Directory.list(layout.bootstrap) }
        return entries.compactMap { NodeKey(base32: $0.name) }.sorted()
    }

    /// The list of a signer, in its envelope; nil where there is none.
    public func read(_ signer: NodeKey) throws(StoreError) -> [UInt8]? {
        try DurableFile.read(path(signer), limit: Self.bytesMax)
    }

    /// Keeps a list in place of the one before.
    public func write(_ envelope: [UInt8], of signer: NodeKey) throws(StoreError) {
        let isKnown = try read(signer) != nil
        let count = try signers().count
        guard isKnown || count < Self.signersMax else {
            throw .refused(
                "lists of \(Self.signersMax) signers are here already; forget one of them first")
        }
        try onDisk { () throws(SystemError) in try Directory.create(layout.bootstrap) }
        try DurableFile.write(envelope, to: path(signer))
    }

    /// Forgets the list of a signer; whether there was one.
    public func remove(_ signer: NodeKey) throws(StoreError) -> Bool {
        guard Directory.exists(path(signer)) else { return false }
        try onDisk { () throws(SystemError) in
            try Directory.removeFile(path(signer))
            try Directory.sync(layout.bootstrap)
        }
        return true
    }

    private func path(_ signer: NodeKey) -> String { "\(layout.bootstrap)/\(signer.base32)" }
}
