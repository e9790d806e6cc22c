/// Messages that newer versions added and older ones pass over: what is said about layers, and
/// among members of closed circles.
extension Message {
    func writeCircle(to writer: inout Writer) -> Bool {
        switch self {
        case .statement(let bytes):
            writer.write(Kind.statement)
            writer.write(bytes)
        case .tags(let tags):
            writer.write(Kind.tags)
            for tag in tags { writer.write(tag) }
        case .credential(let bytes):
            writer.write(Kind.credential)
            writer.write(bytes)
        case .hold(let bytes):
            writer.write(Kind.hold)
            writer.write(bytes)
        case .holdAnswer(let contract, let code, let reason):
            writer.write(Kind.holdAnswer)
            writer.write(contract)
            writer.write(code)
            writer.writeText(reason)
        case .holdEnd(let contract):
            writer.write(Kind.holdEnd)
            writer.write(contract)
        case .checkpoint(let offer):
            writer.write(Kind.checkpoint)
            offer.encode(to: &writer)
        case .cosignature(let word):
            writer.write(Kind.cosignature)
            word.encode(to: &writer)
        case .circle(let message): message.encode(to: &writer)
        default: return false
        }
        return true
    }

    static func readCircle(_ kind: UInt8, _ reader: inout Reader) throws(WireError) -> Message? {
        switch kind {
        case Kind.statement:
            guard reader.remaining <= Limits.envelopeBytesMax else {
                throw .tooLarge("statement")
            }
            return .statement(try reader.readBytes(reader.remaining))
        case Kind.tags:
            guard reader.remaining <= CircleTag.tagsMax * CircleTag.byteCount else {
                throw .tooLarge("tags")
            }
            var tags: [[UInt8]] = []
            while !reader.isAtEnd { tags.append(try reader.readBytes(CircleTag.byteCount)) }
            return .tags(tags)
        case Kind.credential:
            guard reader.remaining <= Limits.credentialBytesMax else {
                throw .tooLarge("credential")
            }
            return .credential(try reader.readBytes(reader.remaining))
        case Kind.hold:
            guard reader.remaining <= Limits.envelopeBytesMax else { throw .tooLarge("hold") }
            return .hold(try reader.readBytes(reader.remaining))
        case Kind.holdAnswer:
            return .holdAnswer(
                contract: try reader.readDigest(), try reader.readUInt8(),
                try reader.readText(limit: Limits.reasonBytesMax, "reason"))
        case Kind.holdEnd: return .holdEnd(contract: try reader.readDigest())
        case Kind.checkpoint: return .checkpoint(try CheckpointOffer(&reader))
        case Kind.cosignature: return .cosignature(try WitnessWord(&reader))
        case CircleMessage.Kind.circle: return .circle(try CircleMessage(from: &reader))
        default: return nil
        }
    }
}
