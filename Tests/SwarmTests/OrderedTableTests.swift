import Testing

@testable import Swarm

@Suite struct OrderedTableTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func `does what a dictionary does, in key order`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var table = OrderedTable<UInt8, UInt64>()
        var model: [UInt8: UInt64] = [:]
        for _ in 0..<4000 {
            let key = UInt8(truncatingIfNeeded: generator.next())
            let value = generator.next()
            switch generator.next() % 5 {
            case 0:
                table[key] = nil
                model[key] = nil
            case 1:
                let changed = table.change(key) { old in
                    old &+= value
                    return old
                }
                model[key] = model[key].map { $0 &+ value }
                let isEqual = changed == model[key]
                #expect(isEqual)
            case 2 where generator.next() % 64 == 0:
                table.removeAll { key, _ in key % 3 == 0 }
                model = model.filter { $0.key % 3 != 0 }
            case 3 where table.count % 2 == 0:
                let isSeen = table.look(key) { $0 } == model[key]
                #expect(isSeen, "seed \(seed)")
            default:
                table[key] = value
                model[key] = value
            }
            let isEqual = table[key] == model[key] && table.count == model.count
            #expect(isEqual, "seed \(seed)")
        }
        #expect(table.keys == model.keys.sorted(), "seed \(seed)")
        #expect(table.values == model.keys.sorted().compactMap { model[$0] })
        #expect(table.isEmpty == model.isEmpty)
    }
}
