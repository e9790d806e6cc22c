import Genome
import Host
import Testing

extension RealNodes {
    /// Two laboratories that nobody outside can call, and relays that both can.
    @Suite(
        "Nodes behind routers", .serialized,
        .enabled(if: RoutedNetwork.missing == nil, Comment(rawValue: RoutedNetwork.missing ?? "")))
    struct RouterTests {
        private let laboratory: Laboratory
        private let network: RoutedNetwork
        private let relays: [TestNode]
        /// What enters the machines of the relays.
        private let entrances: [[String]]

        init() throws {
            laboratory = try Laboratory()
            network = try RoutedNetwork(laboratory)
            var relays: [TestNode] = []
            var entrances: [[String]] = []
            for name in ["r", "s", "t"] {
                let relay = laboratory.node(name)
                let entrance = try network.open()
                try relay.start(
                    ["--listen", "0.0.0.0:4747", "--relay", "on"]
                        + relays.flatMap { ["--join", $0.ticket] }, through: entrance)
                relays.append(relay)
                entrances.append(entrance)
            }
            (self.relays, self.entrances) = (relays, entrances)
        }

        private func hidden(_ name: String, _ kind: RoutedNetwork.Kind) throws -> TestNode {
            let node = laboratory.node(name)
            try node.start(
                ["--listen", "0.0.0.0:4747"] + relays.flatMap { ["--join", $0.ticket] },
                through: try network.machine(behind: kind))
            return node
        }

        private func reach(_ node: TestNode) throws -> JSONValue {
            try #require(try node.ask("status")["reach"])
        }

        private func relays(of node: TestNode) throws -> [String] {
            (try reach(node)["relays"]?.array ?? []).compactMap { $0["node"]?.string }
        }

        /// How one node's session with another runs; nil where there is none.
        private func path(_ node: TestNode, _ other: TestNode) throws -> String? {
            let peers = try node.ask("peers")["peers"]?.array ?? []
            return peers.first { $0["node"]?.string == other.key }?["path"]?.string
        }

        private func expectFetched(
            _ name: String, seed: UInt64 = 5, from a: TestNode, by b: TestNode,
            location: SourceLocation = #_sourceLocation
        ) throws {
            let folder = try laboratory.layerFolder(name, size: 4 << 20, seed: seed)
            let layer = try #require(try a.share(folder, ["--name", name])["layer"]?.string)
            let found = try b.ask("find", name, "--wait", "30")
            #expect(
                found["results"]?.array?.first?["layer"]?.string == layer, sourceLocation: location)
            let out = "\(laboratory.path)/\(name)-out"
            let answer = try b.ask("fetch", layer, "--out", out)
            #expect(
                answer["sources"]?.array?.compactMap { $0["node"]?.string } == [a.key],
                sourceLocation: location)
            for file in ["data.safetensors", "notes.txt", "facts/meta.json"] {
                #expect(
                    Laboratory.areEqual("\(folder)/\(file)", "\(out)/\(file)"),
                    sourceLocation: location)
            }
        }

        @Test func `know how they are reached, and fetch from each other through both routers`()
            throws
        {
            let (a, b) = (try hidden("a", .cone), try hidden("b", .cone))
            for node in [a, b] {
                try Laboratory.eventually("\(node.name) has two relays", seconds: 40) {
                    try relays(of: node).count == 2
                }
                #expect(try reach(node)["state"]?.string == "hidden")
                let checks = try node.ask("doctor")["checks"]?.array ?? []
                let said = checks.first { $0["name"]?.string == "reachability" }
                #expect(said?["ok"]?.bool == true)
                #expect(said?["detail"]?.string?.contains("through relay") == true)
            }
            try Laboratory.eventually("the relay knows that it is reached", seconds: 40) {
                try relays.contains { try reach($0)["state"]?.string == "reachable" }
            }
            try expectFetched("first", from: a, by: b)
            try Laboratory.eventually("they have a connection of their own", seconds: 30) {
                try path(a, b) == "punched" && path(b, a) == "punched"
            }
            try expectFetched("second", seed: 6, from: b, by: a)
            #expect(relays.allSatisfy { $0.log.isEmpty }, "\(relays.map(\.log))")
        }

        @Test func `stay relayed where each call has another port, also when a relay dies`() throws
        {
            let (a, b) = (try hidden("a", .symmetric), try hidden("b", .symmetric))
            try Laboratory.eventually("a has two relays", seconds: 40) {
                try relays(of: a).count == 2
            }
            try expectFetched("first", from: a, by: b)
            #expect(try path(b, a) == "relayed")
            let peers = try b.ask("peers")["peers"]?.array ?? []
            let via = peers.first { $0["node"]?.string == a.key }?["via"]?.string
            #expect(relays.contains { $0.key == via })
            let dead = try #require(try relays(of: a).first)
            relays.first { $0.key == dead }?.kill()
            try Laboratory.eventually("a has another relay", seconds: 60) {
                let now = try relays(of: a)
                return now.count == 2 && !now.contains(dead)
            }
            try expectFetched("second", seed: 6, from: a, by: b)
        }

        @Test func `one is met by its ticket alone, which names its relays`() throws {
            let a = try hidden("a", .symmetric)
            try Laboratory.eventually("a has two relays", seconds: 40) {
                try relays(of: a).count == 2
            }
            let said = try a.ask("ticket")
            #expect(said["reach"]?.string == "hidden")
            #expect(
                try Set((said["relays"]?.array ?? []).compactMap(\.string)) == Set(relays(of: a)))
            let ticket = try #require(said["ticket"]?.string)
            let b = laboratory.node("b")
            try b.start(
                ["--listen", "0.0.0.0:4747", "--join", ticket],
                through: try network.machine(behind: .symmetric))
            try Laboratory.eventually("b meets a over a relay", seconds: 60) {
                try path(b, a) == "relayed"
            }
            try expectFetched("first", from: a, by: b)
        }

        @Test func `a relay that may pass little says so, and the node is not reached over it`()
            throws
        {
            let (a, b) = (try hidden("a", .symmetric), try hidden("b", .symmetric))
            for (relay, entrance) in zip(relays, entrances) {
                relay.stop()
                try relay.start(
                    ["--listen", "0.0.0.0:4747", "--relay", "day=100K"], through: entrance)
            }
            try Laboratory.eventually("a has two relays again", seconds: 60) {
                try relays(of: a).count == 2
            }
            let folder = try laboratory.layerFolder("much", size: 4 << 20)
            let layer = try #require(try a.share(folder, ["--name", "much"])["layer"]?.string)
            _ = try b.ask("find", "much", "--wait", "30")
            let outcome = try b.run("fetch", layer)
            #expect(outcome.code == 1)
            #expect(outcome.json["error"]?["code"]?.string == "unreachable", "\(outcome.out)")
            try Laboratory.eventually("the relays say that they have passed their bytes") {
                try relays.contains { relay in
                    let relaying = try reach(relay)["relaying"]
                    return relaying?["bytes"]?.integer ?? 0 >= 100 << 10
                        && relaying?["circuits"]?.integer == 0
                }
            }
        }
    }
}
