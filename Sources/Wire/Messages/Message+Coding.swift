/// Messages by which groups come otherwise than whole and as they are: coded, or in parts.
extension Message {
    func writeCoding(to writer: inout Writer) -> Bool {
        switch self {
        case .get(let request) where request.isPart:
            writer.write(Kind.getPart)
            request.encode(to: &writer)
        case .get(let request):
            guard let accepts = request.accepts else { return false }
            writer.write(Kind.getCoded)
            request.encode(to: &writer)
            accepts.encode(to: &writer)
        case .coded(let request, let coding, let byteCount):
            writer.write(Kind.coded)
            writer.writeVarint(request)
            writer.write(coding.rawValue)
            writer.writeVarint(byteCount)
        default: return false
        }
        return true
    }

    static func readCoding(
        _ kind: UInt8, _ reader: inout Reader
    ) throws(WireError) -> Message? {
        switch kind {
        case Kind.getCoded:
            var request = try GroupRequest(from: &reader)
            request.accepts = try AcceptedCodings(from: &reader)
            return .get(request)
        case Kind.getPart: return .get(try GroupRequest(from: &reader, isPart: true))
        case Kind.coded:
            let request = try reader.readVarint()
            guard let coding = GroupCoding(rawValue: try reader.readUInt8()) else {
                throw .unsupported("group coding")
            }
            return .coded(request: request, coding, byteCount: try reader.readVarint())
        default: return nil
        }
    }
}
