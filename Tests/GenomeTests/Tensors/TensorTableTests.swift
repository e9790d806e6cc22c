import Genome
import Testing
import Wire

@Suite("A tensor table")
struct TensorTableTests {
    static func row(_ name: String, _ byte: UInt8 = 1) -> TensorTable.Row {
        TensorTable.Row(
            name: name, type: .float32, shape: TensorShape([2, 3])!, hash: Fixtures.digest(byte))
    }

    @Test("is sorted, encoded in one way and comes back")
    func roundTrip() throws {
        let table = try TensorTable([Self.row("b"), Self.row("a"), Self.row("B")])
        #expect(table.rows.map(\.name) == ["B", "a", "b"])
        let bytes = table.encode()
        #expect(try TensorTable.decode(bytes) == table)
        #expect(table.elementCount == 18)
        #expect(table.row(named: "a") == Self.row("a"))
        #expect(table.row(named: "c") == nil)
        #expect(table.row(named: "") == nil)
    }

    @Test("refuses a name twice")
    func duplicate() {
        #expect(
            Fixtures.fault { _ = try TensorTable([Self.row("a"), Self.row("a", 2)]) }
                == .tensors(.duplicate, tensor: "a"))
    }

    @Test("refuses every truncation, extension and disorder")
    func refusesOtherBytes() throws {
        let bytes = try TensorTable([Self.row("a"), Self.row("b")]).encode()
        for count in bytes.indices {
            #expect(Fixtures.fault { _ = try TensorTable.decode(Array(bytes[..<count])) } != nil)
        }
        #expect(Fixtures.fault { _ = try TensorTable.decode(bytes + [0]) } != nil)
        let head = TensorTable.magic.count + 1
        let row = (bytes.count - head) / 2
        let swapped = bytes[..<head] + bytes[(head + row)...] + bytes[head..<head + row]
        #expect(
            Fixtures.fault { _ = try TensorTable.decode(Array(swapped)) }
                == .tensors(.badTable, tensor: nil))
    }
}
