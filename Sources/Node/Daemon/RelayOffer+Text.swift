import Store
import Swarm
import Wire

extension RelayOffer {
    /// What the owner says: `off` is nil, `on` the usual limits, else some of
    /// `circuits=32,rate=2M,day=32G`.
    ///
    /// - Throws: `usage` with what would do, for anything else.
    static func read(_ text: String) throws(Failure) -> RelayOffer? {
        if text == "off" { return nil }
        var offer = RelayOffer()
        guard text != "on" else { return offer }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", maxSplits: 1).map { String($0) }
            guard words.count == 2 else { throw wrong(text) }
            switch words[0] {
            case "circuits":
                guard let count = Int(words[1]), (1...circuitsMax).contains(count) else {
                    throw wrong(text)
                }
                offer.circuits = count
            case "rate":
                let rate = try Sizes.bytes(words[1], option: "--relay rate")
                guard (bytesPerSecondMin...bytesPerSecondMax).contains(rate) else {
                    throw wrong(text)
                }
                offer.bytesPerSecond = rate
            case "day": offer.bytesPerDay = try Sizes.bytes(words[1], option: "--relay day")
            default: throw wrong(text)
            }
        }
        return offer
    }

    private static func wrong(_ text: String) -> Failure {
        Failure(
            .usage, "--relay \(PlainText.shown(text)) makes no sense",
            why: "it is on, off, or limits: circuits from 1 to \(circuitsMax), rate (bytes a "
                + "second from 16K to 8G), day (bytes in 24 hours)",
            remedy: "for example --relay on or --relay circuits=16,rate=1M,day=10G")
    }

    /// The same as `read` takes.
    var text: String { "circuits=\(circuits),rate=\(bytesPerSecond),day=\(bytesPerDay)" }

    /// In words, for people.
    var words: String {
        "at most \(circuits) circuits, \(Sizes.text(bytesPerSecond)) a second, "
            + "\(Sizes.text(bytesPerDay)) a day"
    }
}

extension Library {
    private static let relayPolicy = "relay"

    /// What the owner gives to relay for others; nil for nothing. `text` is what she says now; nil
    /// leaves it as it was.
    func relayOffer(setting text: String? = nil) throws(Failure) -> RelayOffer? {
        if let text {
            let wanted = try RelayOffer.read(text)?.text ?? "off"
            try inStore { () throws(StoreError) in try setPolicy(Self.relayPolicy, wanted) }
        }
        let known = try inStore { () throws(StoreError) in try index.policy(Self.relayPolicy) }
        return try RelayOffer.read(known ?? "off")
    }
}
