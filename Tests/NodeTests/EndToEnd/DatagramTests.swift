import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Datagrams beside TCP, on loopback.
    @Suite("Datagrams inside sessions", .serialized)
    struct DatagramTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        private func peer(_ node: TestNode, _ other: TestNode) throws -> JSONValue? {
            try node.ask("peers")["peers"]?.array?.first { $0["node"]?.string == other.key }
        }

        private func datagrams(_ node: TestNode) throws -> JSONValue {
            try #require(try node.ask("status")["datagrams"])
        }

        @Test func `pass between neighbours, and pings go by them`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            for (one, other) in [(a, b), (b, a)] {
                try Laboratory.eventually("\(one.name) finds the way open") {
                    try peer(one, other)?["udp"]?.bool == true
                }
            }
            #expect(a.ready["udp"]?.integer == Int64(a.port))
            try Laboratory.eventually("one is asked for a word by it") {
                try [a, b].contains { try datagrams($0)["carried"]?.integer ?? 0 >= 1 }
            }
            let said = try datagrams(a)
            #expect(said["live"]?.integer == 1 && said["paths"]?.integer == 1)
            #expect(said["sent"]?.integer ?? 0 >= 2 && said["received"]?.integer ?? 0 >= 2)
            #expect(said["refused"]?["notAuthentic"]?.integer == 0)
            #expect(try a.ask("status")["network"]?["neighbours"]?["suspicions"]?.integer == 0)
            try Laboratory.eventually("b asks where a sees it", seconds: 25) {
                try datagrams(b)["seenAt"]?.array?.first?.string == "127.0.0.1:\(b.port)"
            }
            let doctor = try a.spawn(["doctor"]).wait()
            #expect(doctor.out.contains("they pass to 1 of 1 neighbours"), "\(doctor.out)")
        }

        @Test func `a node that wants none does all over TCP`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a], ["--no-udp"])
            try a.meets(b)
            let folder = try laboratory.layerFolder("texts", size: 1_000)
            let layer = try #require(try b.share(folder, ["--name", "verse"])["layer"]?.string)
            try Laboratory.eventually("a hears of it") {
                try a.ask("find", "verse")["results"]?.array?.count == 1
            }
            _ = try a.ask("fetch", layer)
            Thread.sleep(forTimeInterval: 3)
            for (one, other) in [(a, b), (b, a)] {
                #expect(try peer(one, other)?["udp"]?.isNull == true)
                #expect(try peer(one, other)?["state"]?.string == "connected")
                #expect(try datagrams(one)["sent"]?.integer == 0)
            }
            #expect(b.ready["udp"]?.isNull == true)
            #expect(try datagrams(b)["why"]?.string?.contains("--no-udp") == true)
        }

        @Test func `a storm of strangers gets less than it sends, and leaves nothing`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            try Laboratory.eventually("the way is open") {
                try peer(a, b)?["udp"]?.bool == true
            }
            let process = try #require(a.process).number
            let (room, busy) = (Self.memory(of: process), Self.seconds(of: process))
            let storm = try Program(
                "/usr/bin/python3",
                [
                    Judges.script("datagram_storm.py"), "\(a.port)",
                    NetworkFile.standard.id.hexadecimal, "5",
                ], in: laboratory.path)
            // Meanwhile the node does what it is for.
            let folder = try laboratory.layerFolder("texts", size: 1_000)
            let layer = try #require(try b.share(folder, ["--name", "verse"])["layer"]?.string)
            try Laboratory.eventually("a hears of it in the storm") {
                try a.ask("find", "verse")["results"]?.array?.count == 1
            }
            _ = try a.ask("fetch", layer)
            let outcome = storm.wait(seconds: 60)
            try #require(outcome.code == 0, "\(outcome.error)")
            let spent = Self.seconds(of: process) - busy
            let sent = try #require(outcome.json["sent"]?["bytes"]?.integer)
            let received = try #require(outcome.json["received"]?["bytes"]?.integer)
            #expect(received > 0 && received < sent / 10, "\(outcome.out)")
            #expect(outcome.json["longest"]?.integer ?? 99 <= 50, "a cookie and nothing else")
            let said = try datagrams(a)
            let strangers = try #require(said["strangers"])
            #expect(
                strangers["answeredBytes"]?.integer ?? .max
                    <= strangers["askedBytes"]?.integer ?? 0)
            for reason in ["malformed", "unknownChannel", "otherNetwork"] {
                #expect(said["refused"]?[reason]?.integer ?? 0 > 100, "\(reason): \(said)")
            }
            #expect(Self.memory(of: process) < room + (16 << 20), "bytes of memory")
            #expect(spent < 6.5, "\(spent) s of processor in a storm of 5 s: \(outcome.out)")
            #expect(try peer(a, b)?["state"]?.string == "connected")
            #expect(try a.ask("status")["network"]?["neighbours"]?["deaths"]?.integer == 0)
            #expect(a.isRunning && a.log.isEmpty, "\(a.log)")
        }

        /// Bytes of memory that a process has.
        private static func memory(of process: pid_t) -> Int64 {
            let text =
                (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)) ?? ""
            return (text.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0) * 4_096
        }

        /// Seconds of processor that a process has used.
        private static func seconds(of process: pid_t) -> Double {
            let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            let words = text.split(separator: ")").last?.split(separator: " ") ?? []
            guard words.count > 12, let user = Double(words[11]), let system = Double(words[12])
            else { return 0 }
            return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }
}
