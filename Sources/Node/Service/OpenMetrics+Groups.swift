/// Figures that the page takes over in whole groups.
extension OpenMetrics {
    /// Objects whose members are all figures: each is a family of that name and the member's.
    static let groups: [(name: String, kind: Kind, help: String, path: [String])] = [
        ("neighbours", .gauge, "Neighbours", ["network", "neighbours"]),
        ("callers", .counter, "Callers without a place", ["network", "callers"]),
        ("news", .counter, "News among neighbours", ["network", "news"]),
        ("records", .counter, "Records that came", ["network", "records"]),
        ("comparisons", .counter, "Comparisons of catalogues", ["network", "comparisons"]),
        ("addresses", .gauge, "The address book", ["addresses"]),
        ("punches", .counter, "Ways made through routers", ["reach", "punches"]),
        ("datagrams", .counter, "Datagrams inside sessions", ["datagrams"]),
        ("datagrams_refused", .counter, "Datagrams passed over", ["datagrams", "refused"]),
    ]

    /// Members of a group that go up and down although the others only go up, or the other way.
    static let exceptions: [String: Kind] = [
        "records.waiting": .gauge, "neighbours.suspicions": .counter,
        "neighbours.refutations": .counter, "neighbours.deaths": .counter,
        "datagrams.on": .gauge, "datagrams.live": .gauge, "datagrams.paths": .gauge,
        "datagrams.port": .gauge,
    ]
}
