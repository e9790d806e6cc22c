import Foundation
import Swarm
import Wire

/// Layers on their way over lines of 100 Mbit/s: how long it takes beside what the lines allow.
extension Scenario {
    static let transfers: [Scenario] = [
        transfer(
            "transfer-one", "1 source, 1 target, 64 MiB: at most 1.08 of the line's time",
            sources: 1, targets: 1, mostTime: 1.08, mostCopies: 1.02),
        transfer(
            "transfer-swarm",
            "1 source, 8 targets at once, 256 MiB: at most 1.3 of the time of one, 1.15 copies "
                + "from the source",
            sources: 1, targets: 8, megabytes: 256, mostTime: 1.3, mostCopies: 1.15),
        transfer(
            "transfer-many-sources",
            "8 sources on lines of 12.5 Mbit/s, 1 target with 100, 256 MiB: at most 1.08 of the "
                + "line's time",
            sources: 8, targets: 1, megabytes: 256, mostTime: 1.08, mostCopies: 1.02
        ) { run in
            for source in run.sources {
                run.world.lines[source] = WorldLine(SimulatedTransfer.line / 8)
            }
        },
        transfer(
            "transfer-chain",
            "5 nodes in a row, each of which can call only the one before, 128 MiB: one copy "
                + "leaves the source, at most 5 of the line's time",
            sources: 1, targets: 4, megabytes: 128, mostTime: 5, mostCopies: 1.02, isChain: true),
        transfer(
            "transfer-far",
            "50 ms away, 64 MiB: at most 1.1 of the line's time",
            sources: 1, targets: 1, mostTime: 1.1, mostCopies: 1.02, delay: far),
        transfer(
            "transfer-striped",
            "50 ms away, 256 MiB, each connection carries 0.4 of the line: at most 1.2 of the "
                + "line's time (over one connection: 2.5)",
            sources: 1, targets: 1, megabytes: 256, mostTime: 1.2, mostCopies: 1.02, delay: far
        ) { run in
            run.world.connectionRate = SimulatedTransfer.line * 2 / 5
        },
        transfer(
            "transfer-coded",
            "64 MiB of weights that are coded to two thirds: at most 0.78 of the line's time",
            sources: 1, targets: 1, mostTime: 0.78, mostCopies: 0.78, isWeights: true),
        transfer(
            "transfer-coded-old",
            "256 MiB from 4 sources on quarter lines, 2 of which know nothing of coding: at most "
                + "1.08 of the line's time",
            sources: 4, targets: 1, megabytes: 256, mostTime: 1.08, mostCopies: 0.95,
            isWeights: true, oldSources: 2
        ) { run in
            for source in run.sources {
                run.world.lines[source] = WorldLine(SimulatedTransfer.line / 4)
            }
        },
    ]

    /// Lines below 8 Mbit/s, over which groups come in parts.
    static let transferParts: [Scenario] = [
        transfer(
            "transfer-broken-line",
            "16 MiB over a line of 2 Mbit/s that breaks each 3.5 s: all comes, at most 1.6 of the "
                + "line's time (in whole groups: never), 1.15 copies leave, nothing comes twice",
            sources: 1, targets: 1, megabytes: 16, mostTime: 100, mostCopies: 1.15, delay: near
        ) { run in
            run.world.lines[run.sources[0]] = WorldLine(slow)
        } meanwhile: { run, spent in
            if Int(spent * 1000) % 3500 < 50 {
                run.world.breakOff(run.sources[0], from: run.targets[0])
            }
        },
        transfer(
            "transfer-slow-sources",
            "8 sources on lines of 0.5 to 4 Mbit/s, 32 MiB: at most 1.1 of the lines' time",
            sources: 8, targets: 1, megabytes: 32, mostTime: 12.5 / 2.25 * 1.1, mostCopies: 1.02,
            delay: near
        ) { run in
            for source in run.sources {
                run.world.lines[source] = WorldLine(slow / 4 * UInt64(source + 1))
            }
        },
        transfer(
            "transfer-slow-liar",
            "1 of 4 sources on lines of 2 Mbit/s sends wrong bytes: it is found by its first "
                + "group or part, all comes",
            sources: 4, targets: 1, megabytes: 16, mostTime: 20, mostCopies: 1.2,
            mostReceived: 1.2, delay: near
        ) { run in
            for source in run.sources { run.world.lines[source] = WorldLine(slow) }
        } meanwhile: { run, _ in
            guard run.part(of: run.targets[0]) > 0.5 else { return }
            run.world.harm(run.sources[1], "sends wrong bytes") { $0.isCorrupting = true }
        },
        transfer(
            "transfer-slow-old",
            "4 sources on lines of 2 Mbit/s, 2 of which know nothing of parts, 32 MiB: at most "
                + "1.15 of the lines' time",
            sources: 4, targets: 1, megabytes: 32, mostTime: 12.5 * 1.15, mostCopies: 1.04,
            oldSources: 2, delay: near
        ) { run in
            for source in run.sources { run.world.lines[source] = WorldLine(slow) }
        },
    ]

    /// 2 Mbit/s in bytes, and nanoseconds of one way to a node that is near.
    private static let slow: UInt64 = 250_000
    private static let near: ClosedRange<UInt64> = 10_000_000...10_000_000

    /// What peers do wrong, or disks.
    static let transferFaults: [Scenario] = [
        transfer(
            "transfer-stall",
            "1 of 4 sources falls silent at 99 %, 256 MiB: at most 1.05 of the line's time",
            sources: 4, targets: 1, megabytes: 256, mostTime: 1.05, mostCopies: 1.02
        ) { run in
            for source in run.sources {
                run.world.lines[source] = WorldLine(SimulatedTransfer.line / 4)
            }
        } meanwhile: { run, _ in
            if run.part(of: run.targets[0]) >= 0.99 {
                // What it was asked for and has not begun to send does not come either.
                run.world.harm(run.sources[1], "falls silent") { node in
                    node.groupsUntilStall = 0
                    run.world.lines[node.index]?.breakOff(at: run.world.now)
                }
            }
        },
        transfer(
            "transfer-corrupt",
            "1 of 4 sources sends wrong bytes: it is found by its first group, all comes",
            sources: 4, targets: 1, mostTime: 1.1, mostCopies: 1.1, mostReceived: 1.1
        ) { run in
            run.world.harm(run.sources[1], "sends wrong bytes") { $0.isCorrupting = true }
        },
        transfer(
            "transfer-boast",
            "1 of 8 targets says that it has all: the others come to their end",
            sources: 1, targets: 8, megabytes: 128, mostTime: 1.6, mostCopies: 1.4
        ) { run in
            run.world.harm(run.targets[0], "says that it has all") { $0.isBoasting = true }
        },
        transfer(
            "transfer-vanish",
            "3 of 4 sources die one after the other: the last one brings the rest, of each at most "
                + "a group comes twice",
            sources: 4, targets: 1, mostTime: 1.3, mostCopies: 1.2, mostReceived: 1.05
        ) { _ in
        } meanwhile: { run, spent in
            for number in 1...3 where spent >= Double(number) {
                let node = run.sources[number]
                if run.world.nodes[node].isUp { run.world.crash(node) }
            }
        },
        transfer(
            "transfer-slow-disk",
            "a disk of 5 MB/s behind a line of 12.5: its time, and nothing twice",
            sources: 2, targets: 1, mostTime: 2.7, mostCopies: 1.02
        ) { run in
            run.world.harm(run.targets[0], "has a slow disk") { $0.diskRate = 5_000_000 }
        },
        transfer(
            "transfer-disk-full",
            "the disk is full half-way and has room again after 20 s: the rest comes; for nothing "
                + "what was on its way, and a group each 3 s: 11 of 64",
            sources: 2, targets: 1, mostTime: 5.5, mostCopies: 1.18, mostReceived: 1.18
        ) { run in
            run.world.harm(run.targets[0], "has room for half") { $0.roomForGroups = 32 }
        } meanwhile: { run, spent in
            if spent > 20 { run.world.nodes[run.targets[0]].roomForGroups = nil }
        },
        transfer(
            "transfer-old-peers",
            "half of the targets run a version that gives nothing out while it fetches",
            sources: 1, targets: 6, mostTime: 4.5, mostCopies: 4.5
        ) { run in
            for target in run.targets.prefix(3) {
                run.world.harm(target, "runs an old version") { $0.isOld = true }
            }
        },
        transfer(
            "transfer-churn",
            "64 targets of which 20 die on their way: all others have the layer in 5 times the "
                + "line's time (from the source alone: 64)",
            sources: 1, targets: 64, mostTime: 5, mostCopies: 5, mostReceived: 1.2, isQuick: false
        ) { _ in
        } meanwhile: { run, spent in
            let due = min(20, Int(spent * 4))
            for target in run.targets.prefix(due) where run.world.nodes[target].isUp {
                run.world.crash(target)
            }
        },
    ]

    /// A scenario of one transfer; `most` is given in parts of the line's time and of the size.
    /// Nanoseconds of one way to a node 50 ms away and back.
    private static let far: ClosedRange<UInt64> = 25_000_000...25_500_000

    private static func transfer(
        _ name: String, _ goal: String, sources: Int, targets: Int, megabytes: Int = 64,
        mostTime: Double, mostCopies: Double, mostReceived: Double = 1.02, isChain: Bool = false,
        isWeights: Bool = false, oldSources: Int = 0, isQuick: Bool = true,
        delay: ClosedRange<UInt64> = 1_000_000...2_000_000,
        _ prepare: @escaping @Sendable (SimulatedTransfer) -> Void = { _ in },
        meanwhile: @escaping @Sendable (SimulatedTransfer, Double) -> Void = { _, _ in }
    ) -> Scenario {
        Scenario(name: name, goal: goal, isQuick: isQuick) { trial in
            guard
                let run = try? SimulatedTransfer(
                    trial, sources: sources, targets: targets, megabytes: megabytes,
                    delay: delay, isChain: isChain, isWeights: isWeights, oldSources: oldSources)
            else { preconditionFailure("a sample that is no layer") }
            prepare(run)
            let isOver = run.run(within: 600) { meanwhile(run, $0) }
            return run.outcome(
                isOver: isOver, mostTime: mostTime, mostCopies: mostCopies,
                mostReceived: mostReceived)
        }
    }
}

extension SimulatedTransfer {
    /// What a scenario reports of it.
    func outcome(
        isOver: Bool, mostTime: Double, mostCopies: Double, mostReceived: Double
    ) -> Scenario.Outcome {
        let time = slowest / ideal()
        let words = String(
            format: "%.2f of the line's time, %.2f copies from sources, %.3f received",
            time, copies, received)
        return world.outcome(
            words,
            [
                "all comes": isOver, "in time": time <= mostTime,
                "few copies": copies <= mostCopies, "little comes twice": received <= mostReceived,
            ])
    }
}
