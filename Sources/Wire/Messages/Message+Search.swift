/// Messages by which a node that has no whole catalogue asks those that have one.
extension Message {
    func writeSearch(to writer: inout Writer) -> Bool {
        switch self {
        case .search(let request):
            writer.write(Kind.search)
            request.encode(to: &writer)
        case .searchAnswer(let answer):
            writer.write(Kind.searchAnswer)
            answer.encode(to: &writer)
        default: return false
        }
        return true
    }

    static func readSearch(_ kind: UInt8, _ reader: inout Reader) throws(WireError) -> Message? {
        switch kind {
        case Kind.search: .search(try SearchRequest(from: &reader))
        case Kind.searchAnswer: .searchAnswer(try SearchAnswer(from: &reader))
        default: nil
        }
    }
}
