/// Messages by which two nodes find what their catalogues do not share.
extension Message {
    func writeSketch(to writer: inout Writer) -> Bool {
        switch self {
        case .sketchRequest(let request):
            writer.write(Kind.sketchRequest)
            request.encode(to: &writer)
        case .sketch(let frame):
            writer.write(Kind.sketch)
            frame.encode(to: &writer)
        case .itemsRequest(let items):
            writer.write(Kind.itemsRequest)
            writer.writeVarint(UInt64(items.count))
            for item in items { writer.write(item) }
        default: return false
        }
        return true
    }

    static func readSketch(_ kind: UInt8, _ reader: inout Reader) throws(WireError) -> Message? {
        switch kind {
        case Kind.sketchRequest: return .sketchRequest(try SketchRequest(from: &reader))
        case Kind.sketch: return .sketch(try SketchFrame(from: &reader))
        case Kind.itemsRequest:
            let count = try reader.readCount(limit: Limits.recordsPerMessageMax, "items")
            var items: [UInt64] = []
            for _ in 0..<count { items.append(try reader.readUInt64()) }
            return .itemsRequest(items)
        default: return nil
        }
    }
}
