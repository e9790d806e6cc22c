import Genome
import Host
import Store
import Swarm

/// What the faces say of datagrams.
extension Service {
    /// How datagrams stand, in numbers.
    static func datagrams(_ use: DatagramUse, _ figures: DatagramFigures) -> JSONValue {
        let counters = use.lane?.counters ?? DatagramCounters()
        var object = JSONObject()
        object["on"] = .bool(use.lane != nil)
        object["why"] = use.why.map { .string($0) } ?? .null
        object["port"] = use.lane.map { .integer(Int64($0.port)) } ?? .null
        object["paths"] = .integer(Int64(figures.paths))
        object["live"] = .integer(Int64(figures.open))
        object["seenAt"] = .array(
            figures.seenAt.compactMap { Address($0) }.map { .string($0.description) })
        object["sent"] = .count(counters.sent)
        object["sentBytes"] = .count(counters.sentBytes)
        object["received"] = .count(counters.received)
        object["receivedBytes"] = .count(counters.receivedBytes)
        object["failed"] = .count(counters.failed)
        object["carried"] = .count(figures.carried)
        object["askedAgain"] = .count(figures.askedAgain)
        object["strangers"] = [
            "asked": .count(counters.asked), "askedBytes": .count(counters.askedBytes),
            "answered": .count(counters.answered), "answeredBytes": .count(counters.answeredBytes),
        ]
        var refused = JSONObject()
        for reason in DatagramCounters.Refusal.allCases {
            refused[reason.rawValue] = .count(counters[reason])
        }
        refused["foreign"] = .count(figures.foreign)
        refused["unfit"] = .count(figures.unfit)
        object["refused"] = .object(refused)
        return .object(object)
    }

    /// Where others see them come from, in words.
    private static func seen(_ figures: DatagramFigures) -> String {
        let places = figures.seenAt.compactMap { Address($0)?.description }
        return places.isEmpty ? "" : "; others see them at " + places.joined(separator: ", ")
    }

    /// Whether datagrams pass to neighbours, in words; nil where the owner wants none.
    static func datagramCheck(
        _ use: DatagramUse, _ figures: DatagramFigures
    ) -> LayerCheck? {
        let name = "datagrams"
        switch use {
        case .off: return nil
        case .failed(let why):
            return LayerCheck(
                name: name, isSound: false,
                detail: "no UDP port can be had: \(why); everything goes over TCP")
        case .on(let lane):
            let detail =
                switch (figures.open, figures.paths) {
                case (_, 0):
                    "no neighbour takes any now (UDP \(lane.port)); everything goes over TCP"
                case (0, let paths):
                    "none gets through to \(paths) neighbours (UDP \(lane.port)): a firewall or "
                        + "router drops them; everything goes over TCP, only a little slower"
                case (let open, let paths):
                    "they pass to \(open) of \(paths) neighbours (UDP \(lane.port))"
                        + seen(figures)
                }
            // TCP does all that datagrams do: that none pass is nothing to repair.
            return LayerCheck(name: name, isSound: true, detail: detail)
        }
    }
}
