import Foundation
import Genome
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Peers that ask for layers as no honest node does, each against a node that serves others.
    @Suite("A node that is asked by a hostile peer", .serialized)
    struct HostileFetcherTests {
        private let laboratory: Laboratory
        private let node: TestNode
        private let layer: Digest
        private let blob: Digest
        private let groupCount: UInt64 = 24

        init() throws {
            laboratory = try Laboratory()
            node = try laboratory.running("a")
            let path = try laboratory.writeTensors("data.safetensors", size: 24 << 20)
            let shared = try node.share(path)
            layer = try #require(shared["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
            blob = try #require(
                shared["files"]?.array?.first?["blob"]?.string
                    .flatMap { Digest(hexadecimal: $0) })
        }

        private func stranger(_ seed: UInt8 = 77) throws -> Stranger {
            let stranger = try Stranger(to: node, seconds: 20, seed: seed)
            try stranger.shakeHands()
            return stranger
        }

        private func get(_ number: UInt64, _ group: UInt64, through layer: Digest? = nil)
            -> Message
        {
            .get(
                GroupRequest(
                    request: number, layer: layer ?? self.layer, blob: blob, group: group))
        }

        /// An honest node fetches the whole layer, every byte proven.
        private func expectServing(_ name: String) throws {
            let honest = try laboratory.running(name, joining: [node])
            try Laboratory.eventually("\(name) hears of it") {
                try honest.run("show", layer.hexadecimal).code == 0
            }
            let fetched = try honest.ask("fetch", layer.hexadecimal)
            #expect(fetched["received"]?.integer ?? 0 > 24 << 20)
            honest.stop()
            #expect(node.isRunning, "\(node.log)")
        }

        /// How a node ends so many requests, by request: refused for a reason, or with so many
        /// bytes announced.
        private func outcomes(
            _ stranger: Stranger, _ count: Int
        ) throws -> [UInt64: Message] {
            var ends: [UInt64: Message] = [:]
            while ends.count < count {
                let message = try stranger.hear { message in
                    switch message {
                    case .reject, .data: true
                    default: false
                    }
                }
                switch message {
                case .reject(let request, _, _)?, .data(let request, _)?:
                    #expect(ends[request] == nil, "request \(request) is answered twice")
                    ends[request] = message
                default: return ends
                }
            }
            return ends
        }

        @Test func `refuses groups that are none, and through layers that do not list them`() throws
        {
            let stranger = try stranger()
            let elsewhere = Digest(words: (9, 9, 9, 9))
            try stranger.say(get(1, groupCount + 1))
            try stranger.say(get(2, .max))
            try stranger.say(get(3, 0, through: elsewhere))
            try stranger.say(get(4, 0, through: blob))
            let ends = try outcomes(stranger, 4)
            for request in 1...4 as ClosedRange<UInt64> {
                #expect(
                    ends[request]
                        == .reject(request: request, reason: .absent, retryMilliseconds: 0))
            }
            #expect(try stranger.isAnswered())
        }

        @Test func `answers a number once, also where it is sent again and again`() throws {
            let stranger = try stranger()
            for _ in 0..<50 { try stranger.say(get(7, 3)) }
            let ends = try outcomes(stranger, 1)
            #expect(ends[7] == .data(request: 7, byteCount: 1 << 20))
            #expect(try stranger.isAnswered())
        }

        @Test func `tells a peer that wants too much at once to wait, and serves others`() throws {
            let stranger = try stranger()
            for request in 0..<400 as Range<UInt64> {
                try stranger.say(get(request, request % groupCount))
            }
            try expectServing("b")
            let ends = try outcomes(stranger, 400)
            #expect(ends.count == 400)
            let busy = ends.values.count { message in
                if case .reject(_, .busy, let wait) = message { wait > 0 } else { false }
            }
            #expect(busy >= 400 - 64 - 64 && busy < 400, "\(busy) were told to wait")
        }

        @Test func `serves others while many take nothing of what they asked for`() throws {
            let hoarders = try (1...6 as ClosedRange<UInt8>).map { try stranger($0) }
            for hoarder in hoarders {
                for request in 0..<64 as Range<UInt64> {
                    try hoarder.say(get(request, request % groupCount))
                }
            }
            Thread.sleep(forTimeInterval: 1)
            try expectServing("c")
            // What they asked for is there once they take it.
            let ends = try outcomes(hoarders[0], 64)
            #expect(ends.count == 64)
        }

        @Test func `outlives a flood of questions, cancellations and statements`() throws {
            let stranger = try stranger()
            for number in 0..<3_000 as Range<UInt64> {
                try stranger.say(.open(layer: layer, blob: blob))
                try stranger.say(get(number, number % groupCount))
                try stranger.say(.cancel(request: number))
                try stranger.say(.cancel(request: number &+ 1 << 40))
                try stranger.say(.groupsRequest(layer: layer, blob: blob, page: number))
                if number % 10 == 0 {
                    try stranger.say(.statement(Array(Laboratory.bytes(60, seed: number))))
                }
            }
            try expectServing("d")
        }
    }
}
