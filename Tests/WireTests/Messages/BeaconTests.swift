import Testing

@testable import Wire

@Suite struct BeaconTests {
    private func network(_ row: [String: Any]) throws -> BeaconNetwork {
        let id = try #require(Digest(bytes: try VectorFile.bytes(row["network"])))
        let isPrivate = row["swarmKey"] is String
        return BeaconNetwork(
            id: id, swarmKey: isPrivate ? try VectorFile.bytes(row["swarmKey"]) : nil)
    }

    private func rows(_ name: String) throws -> [[String: Any]] {
        try #require(try VectorFile.object("beacons.json")[name] as? [[String: Any]])
    }

    @Test func `the bytes are those of Judges/beacon.py, both ways`() throws {
        let beacons = try rows("beacons")
        #expect(beacons.count == 4)
        for row in beacons {
            let bytes = try VectorFile.bytes(row["bytes"])
            let network = try network(row)
            let beacon = try Beacon(bytes: bytes, in: network)
            #expect(bytes.count == Beacon.byteCount && beacon.bytes(in: network) == bytes)
            #expect(Hexadecimal.encode(beacon.tag.bytes) == row["tag"] as? String)
            #expect(Int(beacon.port) == row["port"] as? Int)
            #expect(beacon.isAnswer == row["isAnswer"] as? Bool)
        }
    }

    @Test func `what is none is refused by name`() throws {
        let own = try network(try #require(try rows("beacons").first))
        let refused = try rows("refused")
        #expect(refused.count == 10)
        for row in refused {
            let bytes = try VectorFile.bytes(row["bytes"])
            let why = try #require(row["why"] as? String)
            do throws(WireError) {
                _ = try Beacon(bytes: bytes, in: own)
                Issue.record("\(why) was taken")
            } catch {
                switch error {
                case .invalid(let field), .unsupported(let field): #expect(field == why)
                default: #expect(error.caseName == why)
                }
            }
        }
    }

    @Test func `every changed bit is seen`() throws {
        let row = try #require(try rows("beacons").first)
        let (bytes, network) = (try VectorFile.bytes(row["bytes"]), try network(row))
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: WireError.self) { try Beacon(bytes: changed, in: network) }
        }
    }

    @Test func `a tag has 16 bytes`() {
        let bytes = (0..<16).map { UInt8($0) }
        #expect(BeaconTag(bytes: bytes)?.bytes == bytes)
        #expect(BeaconTag(bytes: bytes + [1]) == nil && BeaconTag(bytes: []) == nil)
    }
}
