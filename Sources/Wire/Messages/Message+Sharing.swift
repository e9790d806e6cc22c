/// Messages by which nodes that fetch the same layer find and help each other.
extension Message {
    /// Peers named in one `seekers` message.
    public static let seekersMax = 16

    func writeSharing(to writer: inout Writer) -> Bool {
        switch self {
        case .holdingChange(let change):
            writer.write(Kind.holdingChange)
            change.encode(to: &writer)
        case .seek(let layer):
            writer.write(Kind.seek)
            writer.write(layer)
        case .seekers(let layer, let peers):
            writer.write(Kind.seekers)
            writer.write(layer)
            PeerAddress.writeList(peers, to: &writer)
        default: return false
        }
        return true
    }

    static func readSharing(_ kind: UInt8, _ reader: inout Reader) throws(WireError) -> Message? {
        switch kind {
        case Kind.holdingChange: .holdingChange(try HoldingChange(from: &reader))
        case Kind.seek: .seek(layer: try reader.readDigest())
        case Kind.seekers:
            .seekers(
                layer: try reader.readDigest(),
                try PeerAddress.readList(from: &reader, limit: seekersMax))
        default: nil
        }
    }
}
