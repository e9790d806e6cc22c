import Host

/// The file of a home in which a node keeps the addresses that it knows. Its form is the core's;
/// here it is bytes that are there whole or not at all, and that may be lost without loss.
public struct AddressFile: Sendable {
    private let layout: Layout

    /// The file of a home.
    public init(_ layout: Layout) { self.layout = layout }

    /// Where a file goes that cannot be read.
    public var asidePath: String { "\(layout.addresses).damaged" }

    /// Its bytes; nil when there is none. Throws where the disk fails or the file is longer than
    /// `limit`.
    public func read(limit: Int) throws(StoreError) -> [UInt8]? {
        try DurableFile.read(layout.addresses, limit: limit)
    }

    /// Keeps bytes in its place.
    public func write(_ bytes: [UInt8]) throws(StoreError) {
        try DurableFile.write(bytes, to: layout.addresses)
    }

    /// Moves a file away that cannot be read, over the one that was moved before.
    public func setAside() throws(StoreError) {
        try onDisk { () throws(SystemError) in
            try Directory.rename(layout.addresses, to: asidePath)
            try Directory.sync(layout.home)
        }
    }
}
