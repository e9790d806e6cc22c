import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

/// Real processes, really killed.
@Suite(.serialized) struct LibraryCrashTests {
    private static let size = 24 << 20 + 77

    /// What the killed process does: shares, pins and fetches without end.
    private static func work(home path: String) throws {
        let library = try Library(try Home.create(at: path), key: Fixture.key(7))
        let source = try Scratch.groups(Scratch.bytes(size))
        let killer = try Thread("killer") {
            usleep(UInt32.random(in: 10_000...400_000))
            kill(getpid(), SIGKILL)
        }
        var round = library.journal.count
        while true {
            round += 1
            let blob = try library.importBytes(Scratch.bytes(60_000, seed: round))
            let envelope = try Fixture.envelope([("a", blob)], name: "layer\(round)")
            let manifest = try library.add(envelope, origin: .own)
            try library.setPin(manifest.layer, isPinned: true)
            if try library.holds(source.layer.id) { continue }
            let partial = try library.partial(source.layer.id, size: source.layer.size)
            try partial.install(source.layer)
            for group in partial.groups.missing.shuffled().prefix(3) {
                try partial.fetch(group, from: source)
                if Bool.random() { try library.checkpoint(partial) }
            }
            if partial.groups.isComplete { try library.complete(partial) }
        }
        withExtendedLifetime(killer) {}
    }

    @Test func `a process killed at any instant leaves a home that is whole`() async throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/home"
        var events: UInt64 = 0
        for _ in 0..<8 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                try LibraryCrashTests.work(home: path)
            }
            guard Home.exists(at: path) else { continue }
            let library = try Library(try Home.open(at: path), key: Fixture.key(7))
            #expect(library.journal.count >= events)
            events = library.journal.count
            try check(library)
        }
        #expect(events > 0)
    }

    private func check(_ library: Library) throws {
        let layers = try library.index.layers()
        #expect(try library.index.appliedSequence() == library.journal.count)
        #expect(Set(layers.map(\.id)).isSuperset(of: try library.index.pins()))
        for layer in layers {
            #expect(try library.verify(layer.id).allSatisfy { $0.isSound })
        }
        for blob in try library.index.blobs() where blob.state != .partial {
            #expect(BlobReader.isSound(blob.id, library.layout))
        }
        // Every group that counts as there must be the right one.
        let source = try Scratch.groups(Scratch.bytes(Self.size))
        let id = source.layer.id
        if try library.holds(id) { return }
        let partial = try library.partial(id, size: source.layer.size)
        let buffer = Buffer(capacity: HashTree.groupBytes)
        for group in 0..<source.layer.count {
            guard let count = try partial.read(group: group, into: buffer) else { continue }
            let isRight = buffer.withSpan(0..<count) {
                source.layer.leafValues(ifMatching: $0, at: group) != nil
            }
            #expect(isRight)
        }
    }
}
